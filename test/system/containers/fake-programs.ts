import { chmod, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { runCommand } from '../../support/cli.js';
import { temporaryDirectory } from '../../support/temp.js';
import { CHECKOUT } from './dockerfile.js';

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';
/** As terraform console shows what jsonencode gives. */
export const consoleOf = (names: string[]) => JSON.stringify(JSON.stringify(names));

export const OUTPUTS = {
  repository_url: { value: 'registry.example/team/worker' },
  data_uri: { value: 's3://bucket/data' },
  mlops_environment: { value: { MLOPS_STORAGE: 's3://bucket/mlops' } },
};
export const CONSOLE = 'terraform -chdir=terraform console';
/** What the programs answer, by how a call begins; an answer of `null` is a failure. */
const ANSWERS: Record<string, string | null> = {
  'docker compose version': '2.40.3',
  'docker compose ps': [
    '{"Service":"worker","State":"running","Health":"healthy","ExitCode":0}',
    '{"Service":"ui","State":"running","Health":"","ExitCode":0}',
    '{"Service":"bucket","State":"exited","Health":"","ExitCode":0}',
  ].join('\n'),
  'docker image inspect': 'node@sha256:abc',
  'aws ecr describe-images': null,
  'aws ecr get-login-password': 'password-of-ecr',
  'git rev-parse HEAD': COMMIT,
  [CONSOLE]: consoleOf([]),
  'terraform -chdir=terraform output': JSON.stringify(OUTPUTS),
};

/** Runs a script with programs that write down their calls instead of doing anything. */
export const deploy = (script: string, settings: NodeJS.ProcessEnv = {}, changes: typeof ANSWERS = {}) =>
  withFakePrograms([process.execPath, join(CHECKOUT, 'ops/make', script)], settings, changes);

/** The same for lines of a shell, which finds make and Node besides. */
export const deployByShell = (lines: string) => {
  const programs = [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
  return withFakePrograms(['/bin/sh', '-euc', lines], { PROGRAMS: programs });
};

async function withFakePrograms(command: string[], settings: NodeJS.ProcessEnv, changes: typeof ANSWERS = {}) {
  const directory = await temporaryDirectory();
  const log = join(directory, 'calls');
  const answers = JSON.stringify({ ...ANSWERS, ...changes });
  const missing = settings['MISSING'];
  for (const name of ['docker', 'terraform', 'aws', 'npm', 'git'].filter((program) => program !== missing)) {
    const program = join(directory, name);
    await writeFile(
      program,
      `#!${process.execPath}
const call = ['${name}', ...process.argv.slice(2)].join(' ');
require('node:fs').appendFileSync(${JSON.stringify(log)}, call + (process.env.MLOPS_STORAGE ? ' on ' + process.env.MLOPS_STORAGE : '') + '\\n');
const [, answer] = Object.entries(${answers}).find(([start]) => call.startsWith(start)) ?? [null, ''];
if (answer === null) process.exit(1);
console.log(answer);\n`,
    );
    await chmod(program, 0o755);
  }
  const { PROGRAMS: others, ...environment } = settings;
  const path = [directory, ...(others === undefined ? [] : [others])].join(delimiter);
  const env = { PATH: path, AWS_REGION: 'eu-central-1', DEPLOY_TIMEOUT: '0', ...environment };
  const answer = await runCommand(command[0]!, command.slice(1), env, CHECKOUT);
  const calls = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n');
  return { ...answer, calls };
}

/** Place of the first call that begins so, -1 for none. */
export const place = (calls: string[], start: string) => calls.findIndex((call) => call.startsWith(start));
