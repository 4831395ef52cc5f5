import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, openHome } from '../../support/cli.js';
import { connectTemporal } from '../../support/temporal.js';
import { until } from '../../support/until.js';

/** What the issue allows a command that only asks. */
const ANSWER_MS = 10_000;

/** Time that a command may take to start and end on a busy machine. */
const START_MS = 10_000;

const LIMIT_MS = 120_000;

let home: Home;
let settings: NodeJS.ProcessEnv;
let workflowId: string;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const temporal = await connectTemporal();
  closing.push(() => temporal.teardown());
  home = await openHome((close) => void closing.unshift(close));
  settings = { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.client.options.namespace };
  const { stdout, stderr } = await home.run(['start-pipeline', '--no-wait', '--json'], settings);
  expect(stderr).toMatch(/No worker listens on task queue mlops-[0-9a-f]{8} there/);
  ({ workflowId } = JSON.parse(stdout) as { workflowId: string });
}, LIMIT_MS);
afterAll(async () => {
  for (const close of closing) await close();
});

/** Runs a command and holds it to its time. */
async function promptly(...args: string[]) {
  const from = performance.now();
  const answer = await home.run(args, settings);
  expect(performance.now() - from).toBeLessThan(ANSWER_MS + START_MS);
  return answer;
}

describe('without a worker', () => {
  it('status answers from the server’s records and says so', { timeout: LIMIT_MS }, async () => {
    const queue = home.config.taskQueue;
    const reported = await promptly('status');
    expect([reported.code, reported.stdout]).toEqual([0, expect.stringContaining(`${workflowId}  running`)]);
    expect(reported.stdout).toContain(`No worker answers on task queue ${queue}; the run goes on when one is back`);
    expect(reported.stdout).toContain("By the server's records:");
    const json = JSON.parse((await promptly('status', workflowId, '--json')).stdout) as object;
    expect(json).toMatchObject({ workflowId, state: 'RUNNING', answeredBy: 'records' });
  });

  it('a decision is refused and not sent', { timeout: LIMIT_MS }, async () => {
    const { code, stderr } = await promptly('approve', '--by', 'Ada', '--because', 'good');
    expect([code, stderr]).toEqual([1, expect.stringContaining('none was sent; start one with npm run stack')]);
  });

  it('models and history need none', { timeout: LIMIT_MS }, async () => {
    expect(await promptly('models')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('No model is registered yet') as string,
    });
    expect(await promptly('history')).toMatchObject({ code: 0 });
  });

  it('who waits for a run is told after some seconds what it waits for', { timeout: LIMIT_MS }, async () => {
    for (const args of [['rollback', '--model', 'anemia-detection'], ['drift-check']]) {
      const command = spawn(process.execPath, [...home.program, ...args], {
        env: { ...home.environment, ...settings },
      });
      let stderr = '';
      command.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
      await until(
        () => stderr,
        (text) => text.includes('Waiting for '),
      );
      command.kill();
      expect(stderr).toMatch(
        /^Waiting for (rollback|drift)-anemia-detection\S+: No worker answers on task queue mlops-[0-9a-f]{8}/,
      );
    }
  });

  it('cancel says that the server has taken the request', { timeout: LIMIT_MS }, async () => {
    const { code, stdout } = await promptly('cancel', workflowId);
    expect([code, stdout]).toEqual([
      0,
      `Temporal has taken the request to cancel ${workflowId}; no worker answers on task queue ${home.config.taskQueue}, so it takes effect when one is back (npm run stack, or npm run worker).\n`,
    ]);
  });
});
