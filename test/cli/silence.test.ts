import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { readConfig } from '../../src/config.js';
import { checkHome, HOME_FORMAT } from '../../src/store/home-format.js';
import { unanswered } from '../../src/unanswered.js';
import { withoutSettings } from '../support/cli.js';
import { freePorts, temporaryDirectory } from '../support/temp.js';

const LIMIT_MS = 180_000;
const ID = '00000000-0000-4000-8000-000000000000';
/** What nothing matches: the command is heard to its end. */
const NEVER = /(?!)/;

const REMOVED = ['--model', 'anemia-detection', '--because', 'gone'];

/** Every command that ends by itself, by what it asks first. */
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
    ['worker'],
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

/** Listens until the test ends. @returns its port */
async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** What a command says on stderr until that holds, or it ends; then it is ended. */
async function said(args: string[], environment: NodeJS.ProcessEnv, holds: RegExp): Promise<string> {
  const home = environment['MLOPS_HOME']!;
  const client = [inject('client'), ...args].map((arg) => (arg === 'labels.csv' ? join(home, arg) : arg));
  const child = spawn(process.execPath, client, { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  await new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.stderr.on('data', (part: Buffer) => {
      text += part.toString();
      if (holds.test(text)) child.kill('SIGKILL');
    });
  });
  return text;
}

/** A home of its own, where nothing runs. */
async function openEnvironment(settings: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const home = await temporaryDirectory();
  await writeFile(join(home, 'labels.csv'), `id,label\n${ID},Yes\n`);
  const ports = (await freePorts(4)).map(String);
  const names = ['MLOPS_TEMPORAL_PORT', 'MLOPS_UI_PORT', 'MLOPS_LAMBDA_PORT', 'MLOPS_REPORTS_PORT'];
  return {
    ...withoutSettings(process.env),
    ...Object.fromEntries(names.map((name, index) => [name, ports[index]])),
    ...{ MLOPS_HOME: home, XDG_CONFIG_HOME: join(home, 'config'), NO_COLOR: '1', ...settings },
  };
}

/** Each of the commands says after some seconds what it waits for. */
async function expectWords(commands: string[][], settings: NodeJS.ProcessEnv, words: string): Promise<void> {
  const environment = await openEnvironment(settings);
  const holds = new RegExp(`Waiting for ${words}[^\n]* since 5 s\\.`);
  const answers = await Promise.all(commands.map((args) => said(args, environment, holds)));
  commands.forEach((args, index) => expect([args, answers[index]]).toEqual([args, expect.stringMatching(holds)]));
}

describe('no command waits in silence', { timeout: LIMIT_MS }, () => {
  it('for a Temporal that accepts and never answers', async () => {
    const address = `127.0.0.1:${await listening(createTcpServer(() => undefined))}`;
    await expectWords(ASKS.temporal, { TEMPORAL_ADDRESS: address }, `Temporal at ${address}`);
  });

  it('for a bucket that never answers', async () => {
    const server = createServer((request, response) => {
      if (request.url!.includes('/format.json'))
        response.setHeader('etag', '"1"').end(JSON.stringify({ format: HOME_FORMAT, version: '1.0.0' }));
    });
    const settings = {
      MLOPS_STORAGE: 's3://models/x',
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${await listening(server)}`,
      ...{ AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' },
    };
    await Promise.all([
      expectWords(ASKS.registry, settings, 'the registry in s3://models/x'),
      expectWords(ASKS.captures, settings, 's3://models/x/capture'),
      expectWords([['worker']], settings, 'the store in s3://models/x'),
    ]);
    server.closeAllConnections();
  });

  it('and none that finds nothing spoils a new home', async () => {
    const environment = await openEnvironment({});
    for (const args of Object.values(ASKS)
      .flat()
      .filter(([name]) => name !== 'start-pipeline')) {
      await said(args, environment, NEVER);
      const state = await checkHome(environment['MLOPS_HOME']!, '1.0.0').catch((error: unknown) => String(error));
      expect([args, state]).toEqual([args, expect.stringMatching(/^(new|numbered)$/)]);
    }
  });

  it('and a server of a stack that hangs is told from another program', async () => {
    const [port] = (await freePorts(1)) as [number];
    const code = `require('node:net').createServer(() => undefined).listen(${port}, '127.0.0.1', () => console.log())`;
    const hung = spawn(process.execPath, ['-e', code, 'server', '--db-filename', '/some/home/temporal.db']);
    onTestFinished(() => void hung.kill('SIGKILL'));
    await new Promise((resolve) => hung.stdout.once('data', resolve));
    const environment = await openEnvironment({ MLOPS_TEMPORAL_PORT: String(port), MLOPS_HOME: '/some/home' });
    expect((await unanswered(readConfig(environment))).message).toBe(
      `The Temporal server of the local stack of /some/home (process ${hung.pid}, port ${port}) does not answer: if it stays so, stop that stack with npm run stop and start it anew.`,
    );
  });

  it('and who has the port of Temporal is named', async () => {
    const port = await listening(createTcpServer(() => undefined));
    const environment = await openEnvironment({ MLOPS_TEMPORAL_PORT: String(port) });
    expect(await said(['status'], environment, NEVER)).toContain(
      `Port ${port} of the Temporal server is in use by node (process ${process.pid}), which does not answer as Temporal does: stop it, or start the local stack elsewhere with npm run stack -- --ports auto.\n`,
    );
  });
});
