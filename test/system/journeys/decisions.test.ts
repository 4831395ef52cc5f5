import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PipelineReport } from '../../../src/contracts/pipeline.js';
import { deploymentOf, ownId } from '../../../src/contracts/names.js';
import { type Home, openHome } from '../../support/cli.js';
import { LIMIT_MS, until } from '../../support/until.js';

const MODEL = 'anemia-detection';

let home: Home;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  home = await openHome((close) => closing.push(close));
}, LIMIT_MS);
afterAll(async () => {
  for (const close of closing) await close();
}, LIMIT_MS);

const start = async (...args: string[]) => {
  const set = ['--set', 'validation.repeats=2', '--set', 'gate.championMargin=-1', '--set', 'gate.minimum={}'];
  const { stdout, stderr } = await home.run(['start-pipeline', '--json', ...set, ...args]);
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout) as PipelineReport;
};

const waits = async (workflowId: string) =>
  until(
    () => home.client.workflow.getHandle(workflowId).query('question'),
    (question) => question !== null,
  );

const predict = async () => {
  const { stdout } = await home.run(['predict', '{"r":45.88,"g":28.83,"b":25.29,"hb":11.98}']);
  return (JSON.parse(stdout) as { model: { version: number } }).model.version;
};

describe('deciding on the command line', { timeout: LIMIT_MS }, () => {
  let beforeSecond = '';

  it('approves what waits, once, and only the model that was looked at', async () => {
    const { workflowId } = await start('--set', 'approval=manual', '--no-wait');
    await waits(workflowId);
    const shown = await home.run(['status', workflowId]);
    expect(shown.stdout).toContain('waits for npm run approve or npm run reject');

    const decide = (...args: string[]) => home.run(['approve', workflowId, ...args]);
    const stale = await decide('--by', 'Ada', '--because', 'fine', '--model', '0123456789ab');
    expect([stale.code, stale.stderr]).toEqual([1, expect.stringContaining('another model than the one that waits')]);
    const nameless = await decide('--by', '', '--because', 'fine');
    expect([nameless.code, nameless.stderr]).toEqual([1, expect.stringContaining('give --by')]);
    const approved = await decide('--by', 'Ada', '--because', 'fine');
    expect([approved.code, approved.stdout]).toEqual([0, `${MODEL} version 1 is approved.\n`]);

    const run = home.client.workflow.getHandle(workflowId);
    expect(await run.result()).toMatchObject({ outcome: 'deployed' });
    const late = await decide('--by', 'Ada', '--because', 'again');
    expect([late.code, late.stderr]).toEqual([1, expect.stringContaining('is completed already')]);
    expect(late.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('rejects what waits; what served goes on serving', async () => {
    const settings = ['--set', 'split.seed=7', '--set', 'approval=manual'];
    const { workflowId } = await start(...settings, '--no-wait');
    await waits(workflowId);
    const rejected = await home.run(['reject', workflowId, '--by', 'Grace', '--because', 'too few rows']);
    expect(rejected.stdout).toBe(`${MODEL} version 2 is rejected.\n`);
    const result: unknown = await home.client.workflow.getHandle(workflowId).result();
    expect(result).toMatchObject({
      outcome: 'rejected',
      reason: 'rejected by Grace (claimed): too few rows',
      endpoint: null,
    });
    expect(await predict()).toBe(1);
    const back = await home.run(['rollback', '--model', MODEL, '--to', '2']);
    expect([back.code, back.stderr]).toEqual([
      1,
      expect.stringContaining('Version 2 of anemia-detection never served'),
    ]);
    const none = await home.run(['rollback', '--model', MODEL]);
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('is the first that served')]);
  });

  it('ends with a code of its own when nobody decides in time', async () => {
    const set = ['approval.mode=manual', 'approval.timeoutHours=0.0002', 'split.seed=9', 'validation.repeats=2'];
    const args = [...set, 'gate.minimum={}', 'gate.championMargin=-1'].flatMap((setting) => ['--set', setting]);
    const { code, stdout } = await home.run(['start-pipeline', ...args]);
    expect([code, stdout]).toEqual([4, expect.stringContaining('nobody decided within 0.0002 hours')]);
  });

  it('rolls back, and that is a run of its own and in the log', async () => {
    beforeSecond = new Date().toISOString();
    expect(await start('--set', 'split.seed=11')).toMatchObject({ outcome: 'deployed', model: { version: 4 } });
    expect(await predict()).toBe(4);
    const back = await home.run(['rollback', '--model', MODEL, '--by', 'Ada', '--because', 'complaints']);
    expect([back.code, back.stdout]).toEqual([
      0,
      `Version 1 of ${MODEL} serves behind ${MODEL}:live again, in place of 4.\n`,
    ]);
    expect(await predict()).toBe(1);
  });

  it('tells what served when, by whom and why', async () => {
    const log = await home.run(['history', '--model', MODEL]);
    expect(log.stdout).toContain('the chain of hashes is whole');
    for (const reported of ['version 1 approved', 'version 2 rejected', 'complaints', 'too few rows', 'Grace'])
      expect(log.stdout).toContain(reported);
    const now = await home.run(['history', '--at', new Date().toISOString()]);
    expect(now.stdout).toMatch(
      /100 % anemia-detection version 1 .*by Ada \(claimed\): rolled back from version 4: complaints/,
    );
    const then = await home.run(['history', '--at', beforeSecond]);
    expect(then.stdout).toMatch(/100 % anemia-detection version 1 .*gate passed/);
    const never = await home.run(['history', '--at', '2020-01-01']);
    expect(never.stdout).toContain('nothing of anemia-detection served');
    const wrong = await home.run(['history', '--at', 'yesterday']);
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('--at is not a time')]);
    const models = await home.run(['models']);
    expect(models.stdout).toMatch(/│ 1 +│ .*champion.*live 100 %/);
  });

  it('notices a log that was edited', async () => {
    const path = join(home.home, 'registry', MODEL, 'promotions.jsonl');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('too few rows', 'enough rows'));
    for (const command of ['history', 'models']) {
      const reported = await home.run([command]);
      expect([reported.code, reported.stderr.trim().split('\n')]).toEqual([
        1,
        [expect.stringMatching(/log of model .*line/i)],
      ]);
    }
    await writeFile(path, text);
    expect((await home.run(['history'])).code).toBe(0);
  });

  it('shows a deployment that holds, and takes the decision on it without its name', async () => {
    const canary = ['strategy.kind=canary', 'strategy.bakeMinutes=0.02', 'judge.minimumAgreement=0'];
    const settings = ['split.seed=13', ...canary.map((setting) => `deployment.${setting}`)];
    const { workflowId } = await start(...settings.flatMap((setting) => ['--set', setting]), '--no-wait');
    const deployment = ownId(deploymentOf(MODEL), home.config.taskQueue);
    await until(
      () =>
        home.client.workflow
          .getHandle(deployment)
          .query('question')
          .catch(() => null), // not there yet
      (question) => question !== null,
    );
    for (const id of [workflowId, deployment]) {
      const status = await home.run(['status', id]);
      expect(status.stdout).toMatch(
        /too few requests to judge .*npm run approve -- deploy-anemia-detection\.mlops-[0-9a-f]{8} --because/,
      );
      expect(status.stdout).not.toContain('No worker answers');
    }
    const rejected = await home.run(['reject', '--by', 'Grace', '--because', 'nobody calls']);
    expect([rejected.code, rejected.stdout]).toEqual([0, `${MODEL} version 5 is rejected.\n`]);
    const result: unknown = await home.client.workflow.getHandle(workflowId).result();
    expect(result).toMatchObject({
      outcome: 'rolled-back',
      reason: 'Grace (claimed) stopped it at 10 %: nobody calls',
    });
    expect(await predict()).toBe(1);
  });

  it('takes a decision from those alone whom the definition names, with their keys', async () => {
    const added = await home.run(['approvers', 'add', 'ada', '--because', 'joined']);
    expect([added.code, added.stdout]).toEqual([0, expect.stringMatching(/^What ada signs counts: \S{44}\n$/)]);
    const named = ['split.seed=17', 'approval.mode=manual', 'approval.by=["ada"]'];
    const { workflowId } = await start(...named.flatMap((setting) => ['--set', setting]), '--no-wait');
    await waits(workflowId);
    const approve = (by: string[], overrides: NodeJS.ProcessEnv = {}) =>
      home.run(['approve', workflowId, ...by, '--because', 'compared'], overrides);
    const typed = await approve(['--by', 'Ada']);
    expect([typed.code, typed.stderr]).toEqual([1, expect.stringContaining('That Ada decides is only claimed')]);
    const elsewhere = await approve(['--by', 'ada'], { XDG_CONFIG_HOME: join(home.home, 'no-keys') });
    expect([elsewhere.code, elsewhere.stderr]).toEqual([1, expect.stringContaining('ada decides is only claimed')]);
    const user = await approve([], { XDG_CONFIG_HOME: join(home.home, 'no-keys') });
    expect([user.code, user.stderr]).toEqual([1, expect.stringContaining('(OS user) may not decide on this model')]);
    expect(await home.client.workflow.getHandle(workflowId).query('question')).not.toBeNull();

    const approved = await approve(['--by', 'ada']);
    expect([approved.code, approved.stdout]).toEqual([0, `${MODEL} version 6 is approved.\n`]);
    expect(await home.client.workflow.getHandle(workflowId).result()).toMatchObject({ outcome: 'deployed' });
    expect((await home.run(['history', '--model', MODEL])).stdout).toMatch(/version 6 approved.*ada \(signed\)/);
  });

  it('lets nobody approve, under four eyes, what they started themselves', async () => {
    await home.run(['approvers', 'add', 'grace', '--because', 'joined']);
    const eyes = ['split.seed=19', 'approval.mode=manual', 'approval.fourEyes=true'];
    const settings = eyes.flatMap((setting) => ['--set', setting]);
    const { workflowId } = await start(...settings, '--by', 'ada', '--no-wait');
    await waits(workflowId);
    const approve = (by: string) => home.run(['approve', workflowId, '--by', by, '--because', 'compared']);
    const own = await approve('ada');
    expect([own.code, own.stderr]).toEqual([1, expect.stringContaining('ada (signed) started this run')]);
    const claimed = await approve('Dr. Grace');
    expect([claimed.code, claimed.stderr]).toEqual([1, expect.stringContaining('Dr. Grace decides is only claimed')]);
    const other = await approve('grace');
    expect([other.code, other.stdout]).toEqual([0, `${MODEL} version 7 is approved.\n`]);
    expect(await home.client.workflow.getHandle(workflowId).result()).toMatchObject({ outcome: 'deployed' });
  });
});
