import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, openHome } from '../../support/cli.js';

const LIMIT_MS = 180_000;

/** Blank settings are none: the ports are left to the command. */
const NO_PORTS = { MLOPS_TEMPORAL_PORT: '', MLOPS_UI_PORT: '', MLOPS_LAMBDA_PORT: '', MLOPS_REPORTS_PORT: '' };

let home: Home;
let settings: Record<string, string>;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  home = await openHome((close) => void closing.unshift(close));
  const { code, stderr } = await home.run(['start-pipeline', '--ports', 'auto', '--no-wait', '--json'], NO_PORTS);
  expect([code, stderr]).toEqual([0, expect.stringContaining('Started the local stack')]);
  const state = JSON.parse(await readFile(join(home.home, 'stack.json'), 'utf8')) as {
    addresses: { settings: Record<string, string> };
  };
  ({ settings } = state.addresses);
}, LIMIT_MS);
afterAll(async () => {
  for (const close of closing) await close();
});

describe('the addresses of a stack', () => {
  it('are in its file, and later commands find them there', { timeout: LIMIT_MS }, async () => {
    expect(Object.keys(settings)).toEqual([...Object.keys(NO_PORTS), 'MLOPS_TASK_QUEUE']);
    expect(settings['MLOPS_TASK_QUEUE']).toBe(home.config.taskQueue);
    expect(new Set(Object.values(settings)).size).toBe(5);
    expect(await home.run(['status'], NO_PORTS)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^train-/) as string,
    });
  });

  it('are those of the environment, or the command is refused', { timeout: LIMIT_MS }, async () => {
    const wrong = String(Number(settings['MLOPS_TEMPORAL_PORT']) + 1);
    const reported = await home.run(['status'], { ...NO_PORTS, MLOPS_TEMPORAL_PORT: wrong });
    expect([reported.code, reported.stderr]).toEqual([
      1,
      `MLOPS_TEMPORAL_PORT is ${wrong} here, and ${settings['MLOPS_TEMPORAL_PORT']} for the stack that runs in ${home.home}: unset it to use that stack, or stop the stack with npm run stop and start it anew.\n`,
    ]);
    const queue = await home.run(['status'], { ...NO_PORTS, MLOPS_TASK_QUEUE: 'another' });
    expect([queue.code, queue.stderr]).toEqual([1, expect.stringContaining('MLOPS_TASK_QUEUE is another here, and ')]);
  });

  it('of another home are refused by name, and its server is used aloud', { timeout: LIMIT_MS }, async () => {
    const other = await openHome((close) => void closing.unshift(close));
    const shared = { MLOPS_TEMPORAL_PORT: settings['MLOPS_TEMPORAL_PORT'] };
    for (const command of [['status'], ['cancel'], ['predict', '{"r":1,"g":1,"b":1,"hb":1}']]) {
      const reported = await other.run(command, shared);
      expect([reported.code, reported.stderr]).toEqual([
        1,
        `The Temporal server on port ${settings['MLOPS_TEMPORAL_PORT']} is that of the local stack of ${home.home}, and in ${other.home} no stack runs: start one with npm run stack -- --ports auto, or set MLOPS_HOME=${home.home}.\n`,
      ]);
    }
    const run = await other.run(['start-pipeline', '--set', 'validation.repeats=2'], shared);
    expect([run.code, run.stdout]).toEqual([
      0,
      expect.stringContaining(
        `Using the Temporal server of the stack of ${home.home} on 127.0.0.1:${settings['MLOPS_TEMPORAL_PORT']}, by task queue ${other.config.taskQueue}`,
      ),
    ]);
    const [mine, theirs] = await Promise.all([other.run(['status'], shared), home.run(['status'], NO_PORTS)]);
    const idOf = (text: string) => /^train-\S+/.exec(text)![0];
    expect(idOf(mine.stdout)).not.toBe(idOf(theirs.stdout));
    expect((await other.run(['models'], shared)).stdout).toContain('anemia-detection');
  });
});
