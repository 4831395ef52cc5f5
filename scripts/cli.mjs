// What `npm run <command>` starts: the command from the build. Modules of one's own that import our sources or are TypeScript run
// with the sources, which are transpiled as they load.
import { existsSync } from 'node:fs';
import { builtCommand, keepBuild, SERVERS } from './build.mjs';
import { runCached } from './code-cache.mjs';

const { argv, env, stdout } = process;
if (!existsSync(new URL('../node_modules/esbuild', import.meta.url))) {
  console.error('The packages are not installed: run npm run start-pipeline, which installs them, or npm ci.');
  process.exit(1);
}
const isPiped = argv.includes('--json') && !stdout.isTTY && env.npm_lifecycle_event !== undefined;
if (isPiped && env.npm_config_loglevel !== 'silent')
  console.error('npm has written two lines of its own before this JSON: leave them out with npm run -s.');

const name = argv[2] ?? '';
const isServer = SERVERS.includes(name);
if ((env.MLOPS_LEARNERS ?? '') !== '' || (isServer && /\.[cm]?ts$/.test(env.MLOPS_ALERT_SINK ?? ''))) {
  const { register } = await import('tsx/esm/api');
  register();
  await import('../src/client.ts');
} else {
  const file = await builtCommand(name);
  if (isServer) keepBuild(file);
  runCached(file);
}
