// What `npm run <command>` starts. Most commands answer from the build of the command line. Programs that serve for long, and
// learners of one's own, which import our sources, run from the sources.
import { existsSync } from 'node:fs';
import { builtCommand } from './build-cli.mjs';
import { runCached } from './code-cache.mjs';

const SERVERS = ['stack', 'worker', 'codec-server', 'lambda-endpoint'];

const { argv, env, stdout } = process;
if (!existsSync(new URL('../node_modules/esbuild', import.meta.url))) {
  console.error('The packages are not installed: run npm run start-pipeline, which installs them, or npm ci.');
  process.exit(1);
}
const isPiped = argv.includes('--json') && !stdout.isTTY && env.npm_lifecycle_event !== undefined;
if (isPiped && env.npm_config_loglevel !== 'silent')
  console.error('npm has written two lines of its own before this JSON: leave them out with npm run -s.');

if (SERVERS.includes(argv[2]) || (env.MLOPS_LEARNERS ?? '') !== '') {
  const { register } = await import('tsx/esm/api');
  register();
  const isWorker = argv[2] === 'worker' && argv.length === 3;
  await import(isWorker ? '../src/worker.ts' : '../src/client.ts');
} else runCached(await builtCommand(argv[2] ?? ''));
