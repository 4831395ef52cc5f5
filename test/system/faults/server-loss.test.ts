import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { expect, it } from 'vitest';
import { SEARCH_ATTRIBUTES, ownId } from '../../../src/contracts/names.js';
import { schedulesOf, createTemporalSchedules } from '../../../src/vendors/temporal/schedules.js';
import { openLab, sampleDefinition, statusOf } from '../../support/lab.js';
import { freePorts, makeDirectory } from '../../support/temp.js';
import { serverBinary } from '../../support/temporal-server.js';
import { LIMIT_MS, until } from '../../support/until.js';
import { PROJECT } from '../../support/project.js';

type WhenFinished = (close: () => Promise<void>) => void;

/** A server on a database of its own, that can be killed and started again. */
async function openServer(onTestFinished: WhenFinished) {
  const directory = await makeDirectory();
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  const [port, uiPort] = (await freePorts(2)) as [number, number];
  const address = `127.0.0.1:${port}`;
  const binary = await serverBinary();
  let server: ChildProcess;
  const start = async () => {
    server = spawn(
      binary,
      [
        ...['server', 'start-dev', '--port', String(port), '--ui-port', String(uiPort), '--log-level', 'error'],
        ...['--db-filename', join(directory, 'temporal.db'), '--sqlite-pragma', 'journal_mode=WAL'],
        ...SEARCH_ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
      ],
      { stdio: 'ignore' },
    );
    const connection = await until(
      () => Connection.connect({ address, connectTimeout: 1000 }).catch(() => null),
      (connected) => connected !== null,
    );
    return connection!;
  };
  const kill = async () => {
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await gone;
  };
  const connection = await start();
  onTestFinished(kill);
  onTestFinished(() => connection.close());
  return { address, connection, kill, restart: async () => (await start()).close() };
}

it(
  'a run goes on when the Temporal server was killed and is back on its database',
  async ({ onTestFinished }) => {
    const server = await openServer(onTestFinished);
    const definition = await sampleDefinition();
    const lab = await openLab(server, onTestFinished);
    const worker = await lab.work({ model: definition.model, activity: 'crossValidateCandidate', at: 'before' });
    const reference = await (await lab.start(await sampleDefinition('model=reference'))).result();
    const run = await lab.start(definition);
    await worker.held;
    expect((await statusOf(run)).stages.find(({ stage }) => stage === 'train')?.state).toBe('running');

    await server.kill();
    await server.restart();
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

it(
  'checks that were due while the server was down are made up for two intervals back, no further',
  async ({ onTestFinished }) => {
    const server = await openServer(onTestFinished);
    const client = new Client({ connection: server.connection });
    const schedules = createTemporalSchedules(client.schedule, PROJECT);
    const [spec] = schedulesOf(await sampleDefinition(), PROJECT.store);
    expect(spec.catchupMinutes).toBe(2 * spec.everyMinutes!);
    const { everySeconds, catchupSeconds, downSeconds } = { everySeconds: 1, catchupSeconds: 10, downSeconds: 22 };
    const quick = { everyMinutes: everySeconds / 60, catchupMinutes: catchupSeconds / 60, jitterSeconds: 0 };
    await schedules.ensure({ ...spec, ...quick });
    const describe = () =>
      client.schedule
        .getHandle(ownId(spec.id, PROJECT.taskQueue))
        .describe()
        .catch(() => null);
    await until(describe, (found) => (found?.info.numActionsTaken ?? 0) > 0);

    await server.kill();
    const down = performance.now();
    await until(
      () => performance.now() - down,
      (passed) => passed > downSeconds * 1000,
    );
    await server.restart();

    const due = downSeconds / everySeconds;
    const caughtUp = catchupSeconds / everySeconds;
    const slack = 2;
    const found = await until(
      describe,
      (now) => (now?.info.numActionsMissedCatchupWindow ?? 0) >= due - caughtUp - slack,
    );
    // Nobody works on them: the first one is open, and of those that were made up for none overlaps it.
    expect(found!.info.numActionsTaken).toBe(1);
    expect(found!.info.runningActions).toHaveLength(1);
  },
  LIMIT_MS,
);
