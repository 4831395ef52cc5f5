import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { expect, it } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../src/contracts/pipeline.js';
import { openLab, sampleDefinition, statusOf } from '../support/lab.js';
import { freePorts, makeDirectory } from '../support/temp.js';
import { serverBinary } from '../support/temporal.js';
import { LIMIT_MS, until } from '../support/until.js';

it(
  'a run goes on when the Temporal server was killed and is back on its database',
  async ({ onTestFinished }) => {
    const directory = await makeDirectory();
    onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
    const [port, uiPort] = (await freePorts(2)) as [number, number];
    const address = `127.0.0.1:${port}`;
    const binary = await serverBinary();
    const started: ChildProcess[] = [];
    const startServer = async () => {
      const server = spawn(
        binary,
        [
          ...['server', 'start-dev', '--port', String(port), '--ui-port', String(uiPort), '--log-level', 'error'],
          ...['--db-filename', join(directory, 'temporal.db'), '--sqlite-pragma', 'journal_mode=WAL'],
          ...SEARCH_ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
        ],
        { stdio: 'ignore' },
      );
      started.push(server);
      return until(
        () => Connection.connect({ address, connectTimeout: 1000 }).catch(() => null),
        (connection) => connection !== null,
      );
    };
    const killServer = async () => {
      const server = started.at(-1)!;
      const gone = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGKILL');
      await gone;
    };
    onTestFinished(killServer);
    const connection = (await startServer())!;
    onTestFinished(() => connection.close());

    const definition = await sampleDefinition();
    const lab = await openLab({ address, connection }, 'default', onTestFinished);
    const worker = await lab.work({ model: definition.model, activity: 'crossValidateCandidate', at: 'before' });
    const reference = await (await lab.start(await sampleDefinition('model=reference'))).result();
    const run = await lab.start(definition);
    await worker.held;
    expect((await statusOf(run)).stages.find(({ stage }) => stage === 'train')?.state).toBe('running');

    await killServer();
    await (await startServer())?.close();
    worker.release();

    const outcome = await until(
      () => run.result().catch(() => null), // the connection may notice the loss only now
      (result) => result !== null,
    );
    expect(outcome).toMatchObject({ outcome: 'deployed', unchanged: false, model: { version: 1 } });
    expect(outcome?.leaderboard).toEqual(reference.leaderboard);
    expect(await lab.champions(definition)).toEqual([1]);
    const again = await (await lab.start(definition, false)).result();
    expect(again).toMatchObject({ unchanged: true, model: outcome?.model });
  },
  LIMIT_MS,
);
