import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PipelineStatus } from '../../../src/contracts/pipeline.js';
import { STATUS_QUERY } from '../../../src/contracts/names.js';
import type { StackState, StackStatus } from '../../../src/local/state.js';
import { isListening, addressesOf } from '../../../src/local/addresses.js';
import { AS_NPM_DOES, type Home, isRunning, kill, openHome, runCommand } from '../../support/cli.js';
import { freePorts } from '../../support/temp.js';
import { LIMIT_MS, until } from '../../support/until.js';

const QUICK = ['--set', 'validation.repeats=1'];
/** Some seconds of computing on any machine. */
const LONG = ['--set', 'validation.repeats=20', '--set', 'candidates.2.options.trees=400', '--no-cache'];

const ONE_LINE = /^[^\n]+\n$/;

const ready = (home: Home) => until(home.stack, (stack) => stack !== null && stack.workerPid !== null);

/** State of a run and what it tells of itself, where a worker answers. */
async function statusOf({ client }: Home, workflowId: string): Promise<{ state: string; known?: PipelineStatus }> {
  const handle = client.workflow.getHandle(workflowId);
  try {
    const state = (await handle.describe()).status.name;
    return { state, known: await handle.query<PipelineStatus>(STATUS_QUERY) };
  } catch {
    return { state: 'UNKNOWN' }; // server or worker are away: that is what these tests are about
  }
}

/** Starts a run without waiting and gives its id. */
async function begin(home: Home, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await home.run(['start-pipeline', '--no-wait', '--json', ...args]);
  expect([code, stderr]).toEqual([0, expect.anything()]);
  return (JSON.parse(stdout) as { workflowId: string }).workflowId;
}

const inTrain = (home: Home, workflowId: string) =>
  until(
    () => statusOf(home, workflowId),
    ({ known }) => known?.stages.some(({ stage, state }) => stage === 'train' && state === 'running') ?? false,
  );

const completed = (home: Home, workflowId: string) =>
  until(
    () => statusOf(home, workflowId),
    ({ state }) => state !== 'RUNNING' && state !== 'UNKNOWN',
  );

/** Command lines of the Temporal servers on the database of a home. */
async function serversOf({ home }: Home): Promise<string[]> {
  const { stdout } = await runCommand('ps', ['-A', '-o', 'args=']);
  return stdout.split('\n').filter((line) => line.includes(join(home, 'temporal.db')));
}

describe.concurrent('the local stack', { timeout: LIMIT_MS * 2 }, () => {
  it('is one, though two commands start it at once', async ({ onTestFinished }) => {
    const home = await openHome(onTestFinished, AS_NPM_DOES);
    const runs = await Promise.all([begin(home, ...QUICK), begin(home, ...QUICK)]);
    expect(await serversOf(home)).toHaveLength(1);
    // All of it runs from the build: nothing is transpiled as it loads.
    const { pid, workerPid } = (await home.stack())!;
    const { stdout } = await runCommand('ps', ['-o', 'args=', '-p', `${pid},${workerPid}`]);
    expect(stdout.match(/scripts\/cli\.mjs (stack|worker)/g)).toHaveLength(2);
    expect(stdout).not.toContain('tsx');
    for (const run of runs) expect((await completed(home, run)).state).toBe('COMPLETED');
  });

  it('starts worker and Temporal server again when they are killed, and the run in progress ends well', async ({
    onTestFinished,
  }) => {
    const home = await openHome(onTestFinished);
    const run = await begin(home, ...LONG);
    const { workerPid, serverPid } = (await ready(home))!;
    await inTrain(home, run);
    const replaced = (which: keyof StackStatus, pid: number | null) =>
      until(home.stack, (stack) => stack !== null && stack[which] !== null && stack[which] !== pid);

    kill(workerPid!);
    await replaced('workerPid', workerPid);
    expect(['RUNNING', 'UNKNOWN']).toContain((await statusOf(home, run)).state);
    kill(serverPid!);
    await replaced('serverPid', serverPid);
    expect(await completed(home, run)).toMatchObject({ state: 'COMPLETED', known: { model: { version: 1 } } });
    expect(await serversOf(home)).toHaveLength(1);
  });

  it('takes over from one that was killed: its server, its models and its run', async ({ onTestFinished }) => {
    const home = await openHome(onTestFinished);
    expect((await home.run(['start-pipeline', ...QUICK])).code).toBe(0);
    const known = await home.run(['models', '--json']);
    const run = await begin(home, '--set', 'model=other', ...LONG);
    await inTrain(home, run);
    const killed = (await home.stack())!;
    kill(killed.pid);
    await until(home.stack, (stack) => stack === null);
    expect(isRunning(killed.serverPid!)).toBe(true);
    await mkdir(join(home.home, 'store', 'scratch', 'step-torn'), { recursive: true });
    expect((await home.run(['models', '--json'])).stdout).toBe(known.stdout);

    const { code, stderr } = await home.run(['start-pipeline', '--json', '--no-wait', ...QUICK]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('An earlier stack ended without cleaning up')]);
    const stack = (await home.stack())!;
    expect(stack.pid).not.toBe(killed.pid);
    expect(isRunning(killed.serverPid!)).toBe(false);
    await until(
      () => isRunning(killed.workerPid!),
      (running) => !running,
    );
    expect(await serversOf(home)).toHaveLength(1);
    expect((await completed(home, run)).state).toBe('COMPLETED');
    expect(await readdir(join(home.home, 'store', 'scratch')).catch(() => [])).toEqual([]);
  });

  it('knows a state file that is not its own any more, and harms nobody', async ({ onTestFinished }) => {
    const home = await openHome(onTestFinished);
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    onTestFinished(() => void stranger.kill('SIGKILL'));
    const pid = stranger.pid!;
    const [port] = (await freePorts(1)) as [number];
    const written = { pid, control: { port, token: 'x' }, serverPid: pid, startedAt: '' };
    const state: StackState = { ...written, addresses: addressesOf(home.config) };
    await writeFile(join(home.home, 'stack.json'), JSON.stringify(state));
    expect((await home.run(['start-pipeline', ...QUICK])).code).toBe(0);
    expect((await home.stack())?.pid).not.toBe(pid);
    expect(isRunning(pid)).toBe(true);
    await home.run(['stop']);
    expect(isRunning(pid)).toBe(true);
  });

  it.each([
    ['temporal', 'of the Temporal server is in use', 'MLOPS_TEMPORAL_PORT'],
    ['ui', 'of the Web UI is in use', 'MLOPS_UI_PORT'],
    ['lambda', 'of the Lambda endpoint is in use', 'MLOPS_LAMBDA_PORT'],
    ['reports', 'of the report pages is in use', 'MLOPS_REPORTS_PORT'],
  ] as const)('says which port is taken and what to do: %s', async (which, sentence, variable) => {
    const closing: (() => Promise<void>)[] = [];
    const home = await openHome((close) => closing.push(close));
    const other = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => other.listen(home.ports[which], '127.0.0.1', resolve));
    try {
      const { code, stderr } = await home.run(['start-pipeline', ...QUICK]);
      expect([code, stderr]).toEqual([1, expect.stringMatching(ONE_LINE)]);
      for (const part of [`Port ${home.ports[which]} `, sentence, variable]) expect(stderr).toContain(part);
      expect(await serversOf(home)).toEqual([]);
      expect(await home.stack()).toBeNull();
      // The stack may still be closing what it had opened when the command tells why.
      for (const port of Object.values(home.ports))
        await until(
          () => isListening(port),
          (listening) => listening === (port === home.ports[which]),
        );
    } finally {
      await new Promise((resolve) => other.close(resolve));
      for (const close of closing) await close();
    }
  });

  it('names the ways to a Temporal server when there is none', async ({ onTestFinished }) => {
    const home = await openHome(onTestFinished);
    const nowhere = await mkdtemp(join(home.home, 'nowhere-'));
    const [closed] = (await freePorts(1)) as [number];
    const { code, stderr } = await home.run(['start-pipeline'], {
      PATH: nowhere,
      MLOPS_CACHE: join(nowhere, 'cache'),
      HTTPS_PROXY: `http://127.0.0.1:${closed}`, // no download either
      https_proxy: `http://127.0.0.1:${closed}`,
    });
    expect([code, stderr]).toEqual([1, expect.stringMatching(ONE_LINE)]);
    for (const way of ['`temporal` on PATH', 'temporal.download', 'install Go', 'TEMPORAL_ADDRESS'])
      expect(stderr).toContain(way);
    expect(await home.stack()).toBeNull();
  });
});
