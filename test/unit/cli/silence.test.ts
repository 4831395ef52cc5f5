import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, type TestContext, vi } from 'vitest';
import { readConfig } from '../../../src/config/config.js';
import { checkHome, HOME_FORMAT } from '../../../src/store/home.js';
import { unanswered } from '../../../src/client/patience.js';
import { withoutSettings } from '../../support/cli.js';
import { loadCommandLine, type Running } from '../../support/command-line.js';
import { openFrozenTemporal } from '../../support/frozen-temporal.js';
import { freePorts, makeDirectory } from '../../support/temp.js';

const LIMIT_MS = 60_000;
/** A command that asks a server which froze has ended by then, the time of starting it left out. */
const ENDS_MS = 30_000;
const ID = '00000000-0000-4000-8000-000000000000';
const REMOVED = ['--model', 'anemia-detection', '--because', 'gone'];

/** Every command that ends by itself, by what it asks first; a worker is a process of its own. */
const ASKS = {
  temporal: [
    ['status'],
    ['cancel'],
    ['approve', '--because', 'good'],
    ['reject', '--because', 'bad'],
    ['rollback', '--model', 'anemia-detection'],
    ['drift-check'],
    ['schedules'],
    ['schedules', 'pause', 'drift-anemia-detection'],
    ['start-pipeline'],
  ],
  registry: [
    ['models'],
    ['models', 'show', '1'],
    ['models', 'compare', '1', '2'],
    ['models', 'export', '1', '--to', 'nowhere'],
    ['models', 'write-off', '1', ...REMOVED],
    ['history'],
    ['history', '--verify'],
    ['approvers'],
    ['approvers', 'remove', 'Ada'],
  ],
  captures: [
    ['forget', '--id', ID],
    ['prune', '--captures', '90d'],
    ['feedback', '--file', 'labels.csv'],
  ],
};

/** Waits for ends of tests, which run at the same time. */
type Finished = TestContext['onTestFinished'];

/** Listens until the test ends. @returns its port */
async function listening(server: Server, finished: Finished): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  finished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

type CommandLine = Awaited<ReturnType<typeof loadCommandLine>>;
let start: CommandLine;

beforeAll(async () => {
  const ours = { ...withoutSettings(process.env), NO_COLOR: '1', AWS_REGION: 'eu-central-1' };
  start = await loadCommandLine({ ...ours, AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' });
});
afterAll(() => void vi.restoreAllMocks());

/** A home of its own, where nothing runs, as settings. */
async function openHome(finished: Finished, settings: NodeJS.ProcessEnv = {}): Promise<NodeJS.ProcessEnv> {
  const home = await makeDirectory();
  finished(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
  await writeFile(join(home, 'labels.csv'), `id,label\n${ID},Yes\n`);
  const ports = (await freePorts(4)).map(String);
  const names = ['MLOPS_TEMPORAL_PORT', 'MLOPS_UI_PORT', 'MLOPS_LAMBDA_PORT', 'MLOPS_REPORTS_PORT'];
  return {
    ...Object.fromEntries(names.map((name, index) => [name, ports[index]])),
    ...{ MLOPS_HOME: home, XDG_CONFIG_HOME: join(home, 'config'), ...settings },
  };
}

/** Starts one of the commands. */
const startIn = (settings: NodeJS.ProcessEnv, args: string[]): Running =>
  start(
    args.map((arg) => (arg === 'labels.csv' ? join(settings['MLOPS_HOME']!, arg) : arg)),
    settings,
  );

/** Starts a worker, as a process of its own program. */
function startWorker(settings: NodeJS.ProcessEnv, finished: Finished): Running {
  const child = spawn(process.execPath, [join(dirname(inject('client')), 'worker.js')], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  finished(() => void child.kill('SIGKILL'));
  let text = '';
  child.stderr.on('data', (part: Buffer) => (text += part.toString()));
  return { said: () => text, ended: new Promise((resolve) => child.once('close', () => resolve())) };
}

/** Each of the commands says after some seconds what it waits for. */
async function expectWords(commands: [string[], Running][], words: string): Promise<void> {
  const reported = new RegExp(`Waiting for ${words}[^\n]* since 5 s`);
  for (const [args, { said }] of commands)
    await expect.poll(() => [args, said()], { timeout: LIMIT_MS }).toEqual([args, expect.stringMatching(reported)]);
}

const started = (settings: NodeJS.ProcessEnv, commands: string[][]) =>
  commands.map((args): [string[], Running] => [args, startIn(settings, args)]);

const end = (commands: [string[], Running][]) => Promise.all(commands.map(([, { ended }]) => ended));

describe.concurrent('no command waits in silence', { timeout: LIMIT_MS }, () => {
  it('and who has the port of Temporal is named', async ({ onTestFinished }) => {
    const port = await listening(
      createTcpServer(() => undefined),
      onTestFinished,
    );
    const { said, ended } = startIn(await openHome(onTestFinished, { MLOPS_TEMPORAL_PORT: String(port) }), ['status']);
    await ended;
    expect(said()).toContain(
      `Port ${port} of the Temporal server is in use by node (process ${process.pid}), which does not answer as Temporal does: stop it, or start the local stack elsewhere with npm run stack -- --ports auto.\n`,
    );
  });

  it('for a Temporal that accepts and never answers, nor for a bucket', async ({ onTestFinished }) => {
    const address = `127.0.0.1:${await listening(
      createTcpServer(() => undefined),
      onTestFinished,
    )}`;
    const bucket = createServer((request, response) => {
      if (request.url!.includes('/format.json'))
        response.setHeader('etag', '"1"').end(JSON.stringify({ format: HOME_FORMAT, version: '1.0.0' }));
    });
    const endpoint = `http://127.0.0.1:${await listening(bucket, onTestFinished)}`;
    const ofTemporal = await openHome(onTestFinished, { TEMPORAL_ADDRESS: address });
    const ofBucket = await openHome(onTestFinished, { MLOPS_STORAGE: 's3://models/x', AWS_ENDPOINT_URL_S3: endpoint });
    process.env['AWS_ENDPOINT_URL_S3'] = endpoint;
    const asked = {
      temporal: started(ofTemporal, ASKS.temporal),
      registry: started(ofBucket, ASKS.registry),
      captures: started(ofBucket, ASKS.captures),
    };
    const workers = [startWorker(ofTemporal, onTestFinished), startWorker(ofBucket, onTestFinished)] as const;
    await expectWords([...asked.temporal, [['worker'], workers[0]]], `Temporal at ${address}`);
    await expectWords(asked.registry, 'the registry in s3://models/x');
    await expectWords(asked.captures, 's3://models/x/capture');
    await expectWords([[['worker'], workers[1]]], 'the store in s3://models/x');
    bucket.closeAllConnections();
    bucket.close();
    await end(asked.temporal);
  });

  it('for a Temporal that freezes once it is connected to, and each ends; of one that was busy before, how often it was tried', async ({
    onTestFinished,
  }) => {
    const { address, close } = await openFrozenTemporal();
    onTestFinished(close);
    const busy = await openFrozenTemporal(2);
    onTestFinished(busy.close);
    const tried = startIn(await openHome(onTestFinished, { TEMPORAL_ADDRESS: busy.address }), ['schedules']);
    const commands = started(await openHome(onTestFinished, { TEMPORAL_ADDRESS: address }), [
      ...ASKS.temporal,
      ['status', 'train-anemia-detection'],
      ['schedules', 'backfill', 'drift-anemia-detection', '--from', '2026-11-01', '--to', '2026-11-02'],
    ]);
    const since = performance.now();
    await Promise.all([end(commands), tried.ended]);
    expect(tried.said()).toContain('since 5 s (ListSchedules, attempt 3).');
    expect(performance.now() - since).toBeLessThan(ENDS_MS);
    for (const [args, { said }] of commands)
      expect([args, said()]).toEqual([
        args,
        expect.stringMatching(
          new RegExp(
            `^Waiting for Temporal at ${address} since 5 s \\(\\w+, attempt 1\\)\\.\nTemporal at ${address} answered before, and does not now: check that the server runs and is not overloaded, then try again\\.\n$`,
          ),
        ),
      ]);
  });

  it('nor predict for a function that never answers: it ends when the function would have', async ({
    onTestFinished,
  }) => {
    const port = await listening(
      createTcpServer(() => undefined),
      onTestFinished,
    );
    const settings = await openHome(onTestFinished, { MLOPS_LAMBDA_PORT: String(port) });
    const file = join(settings['MLOPS_HOME']!, 'quick.json');
    const definition = JSON.parse(await readFile('pipelines/anemia.json', 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...definition, deployment: { function: { timeoutSeconds: 1 } } }));
    const { said, ended } = startIn(settings, ['predict', '{}', '--definition', file]);
    await ended;
    expect(said()).toBe(
      'Waiting for function anemia-detection:live since 5 s.\n' +
        'Waiting for function anemia-detection:live since 10 s.\n' +
        'Function anemia-detection:live did not answer within 11 s, the limit of deployment.function.timeoutSeconds and 10 s for its start: ' +
        `if it stays so, stop the local stack (http://127.0.0.1:${port}) with npm run stop and start it anew.\n`,
    );
  });

  it('and none that finds nothing spoils a new home', async ({ onTestFinished }) => {
    const settings = await openHome(onTestFinished);
    const all = Object.values(ASKS).flat();
    for (const args of all.filter(([name]) => name !== 'start-pipeline')) {
      await startIn(settings, args).ended;
      const state = await checkHome(settings['MLOPS_HOME']!, '1.0.0').catch((error: unknown) => String(error));
      expect([args, state]).toEqual([args, expect.stringMatching(/^(new|numbered)$/)]);
    }
  });

  it('and a worker that finds nothing does not', async ({ onTestFinished }) => {
    const settings = await openHome(onTestFinished);
    await startWorker(settings, onTestFinished).ended;
    expect(await checkHome(settings['MLOPS_HOME']!, '1.0.0')).toMatch(/^(new|numbered)$/);
  });

  it('and a server of a stack that hangs is told from another program', async ({ onTestFinished }) => {
    const [port] = (await freePorts(1)) as [number];
    const code = `require('node:net').createServer(() => undefined).listen(${port}, '127.0.0.1', () => console.log())`;
    const hung = spawn(process.execPath, ['-e', code, 'server', '--db-filename', '/some/home/temporal.db']);
    onTestFinished(() => void hung.kill('SIGKILL'));
    await new Promise((resolve) => hung.stdout.once('data', resolve));
    const environment = await openHome(onTestFinished, { MLOPS_TEMPORAL_PORT: String(port), MLOPS_HOME: '/some/home' });
    expect((await unanswered(readConfig(environment))).message).toBe(
      `The Temporal server of the local stack of /some/home (process ${hung.pid}, port ${port}) does not answer: if it stays so, stop that stack with \`anemia-mlops stop\` and start it anew.`,
    );
  });
});
