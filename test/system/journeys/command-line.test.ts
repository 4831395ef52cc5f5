import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VersionDescription } from '../../../src/client/versions.js';
import type { PipelineReport } from '../../../src/contracts/pipeline.js';
import { type Home, isRunning, openHome, runCommand } from '../../support/cli.js';
import { LIMIT_MS, until } from '../../support/until.js';

let home: Home;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  home = await openHome((close) => closing.push(close));
  const first = ['start-pipeline', '--set', 'model=first', '--set', 'validation.repeats=1'];
  await home.run(first);
  await home.run([...first, '--set', 'candidates=[{"kind":"cart"}]', '--set', 'gate.minimum.rocAuc=1']);
}, LIMIT_MS);
afterAll(async () => {
  for (const close of closing) await close();
}, LIMIT_MS);

/** `start-pipeline --json` with settings. */
async function train(...settings: string[]) {
  const answer = await home.run(['start-pipeline', '--json', ...settings.flatMap((setting) => ['--set', setting])]);
  return { ...answer, report: JSON.parse(answer.stdout) as PipelineReport };
}

/** Starts a run that computes for as long as nobody stops it, and returns when it does. */
async function startLong(model: string): Promise<string> {
  const long = ['candidates.2.options.trees=1000', 'validation.repeats=100'];
  const settings = [`model=${model}`, ...long].flatMap((setting) => ['--set', setting]);
  const { stdout, code } = await home.run(['start-pipeline', '--no-wait', '--json', ...settings]);
  expect(code).toBe(0);
  return (JSON.parse(stdout) as { workflowId: string }).workflowId;
}

const stateOf = async (workflowId: string) => {
  const { stdout } = await home.run(['status', workflowId, '--json']);
  return JSON.parse(stdout) as { state: string; stages?: { stage: string; state: string }[] };
};

describe('start-pipeline', { timeout: LIMIT_MS }, () => {
  it('--json prints one document with all that is known', async () => {
    const { code, stdout, report } = await train('model=document');
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(report).toMatchObject({
      workflowId: expect.stringMatching(/^train-document-/) as string,
      runId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      outcome: 'deployed',
      unchanged: false,
      failure: null,
      dataset: {
        uri: expect.stringMatching(/anemia-sample\.csv$/) as string,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        rows: 104,
        rejected: 0,
      },
      holdout: { rows: 21 },
      gate: { passed: true },
      warnings: expect.any(Array) as unknown[],
      model: { name: 'document', version: 1, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      endpoint: { url: expect.stringContaining(`127.0.0.1:${home.ports.lambda}`) as string, alias: 'live' },
      ui: `http://127.0.0.1:${home.ports.ui}/namespaces/default/workflows/${report.workflowId}/${report.runId}`,
    });
    expect(report.leaderboard.map(({ candidate }) => candidate)).toContain(report.chosen);
    const page = await fetch(report.ui!);
    expect(page.status).toBe(200);
  });

  it('prints a curl line that works as it is', async () => {
    const { code, stdout } = await home.run(['start-pipeline', '--set', 'model=pasted']);
    expect(code).toBe(0);
    const line = /curl .*/.exec(stdout)?.[0];
    const answer = await runCommand('bash', ['-c', line!]);
    expect(JSON.parse(answer.stdout)).toMatchObject({ predictions: expect.any(Number) as number });
  });

  it('ends with 3 when the gate refuses, and the former version serves on', async () => {
    const serving = await train('model=strict');
    const ask = async () => {
      const body = '{"r":43.3,"g":30.8,"b":25.9,"hb":6.3}';
      const answer = await fetch(serving.report.endpoint!.url, { method: 'POST', body });
      return ((await answer.json()) as { model: unknown }).model;
    };
    const before = await ask();
    const perfect = ['rocAuc', 'recall', 'specificity', 'accuracy'].map((metric) => `gate.minimum.${metric}=1`);
    const { code, report } = await train('model=strict', 'split.seed=7', ...perfect);
    expect(code).toBe(3);
    expect(report).toMatchObject({
      outcome: 'refused',
      gate: { passed: false },
      endpoint: null,
      model: { version: 2 },
    });
    expect(await ask()).toEqual(before);

    const { stdout } = await home.run(['models', '--json']);
    const rows = (JSON.parse(stdout) as { model: string; version: number; aliases: string[]; gate: string }[]).filter(
      ({ model }) => model === 'strict',
    );
    expect(rows.map(({ version, aliases, gate }) => [version, aliases.toSorted(), gate])).toEqual([
      [2, [], 'refused'],
      [1, ['candidate', 'champion'], 'passed'],
    ]);
  });
});

describe('other commands', { timeout: LIMIT_MS }, () => {
  it('status and cancel follow and stop a run that was started without waiting', async () => {
    const workflowId = await startLong('cancelled');
    await until(
      () => stateOf(workflowId),
      ({ stages }) => stages?.some(({ stage, state }) => stage === 'train' && state === 'running') ?? false,
    );
    const plain = await home.run(['status', workflowId]);
    expect(plain.stdout).toContain(`${workflowId}  running`);
    const { code, stdout } = await home.run(['cancel', workflowId]);
    expect([code, stdout]).toEqual([0, `${workflowId} is cancelled.\n`]);
    expect((await stateOf(workflowId)).state).toBe('CANCELLED');
    const again = await home.run(['cancel', workflowId]);
    expect([again.code, again.stdout]).toEqual([0, `${workflowId} is cancelled already.\n`]);
    expect((await home.run(['models'])).stdout).not.toContain('cancelled');
  });

  it('models shows a table and predict asks the function', async () => {
    const { code, stdout } = await home.run(['models']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/first\s.*champion/);
    const definition = `${home.home}/first.json`;
    const text = await readFile('pipelines/anemia.json', 'utf8');
    await writeFile(definition, text.replace('"anemia-detection"', '"first"'));
    const ask = (event: string) => home.run(['predict', event, '--definition', definition]);
    const sick = await ask('{"r":43.2555,"g":30.8421,"b":25.9025,"hb":6.3}');
    expect(sick.code).toBe(0);
    expect(JSON.parse(sick.stdout)).toMatchObject({ predictions: 1 });
    const wrong = await ask('{"r":43.2555}');
    expect(wrong.code).toBe(1);
    expect(JSON.parse(wrong.stdout)).toHaveProperty('error');
    const nonsense = await ask('not json');
    expect([nonsense.code, nonsense.stderr]).toEqual([
      1,
      expect.stringMatching(/^The argument of predict is not JSON.*\n$/),
    ]);
  });

  it('models goes from an answer to its origin and back, compares and exports', async () => {
    const body = '{"r":43.2555,"g":30.8421,"b":25.9025,"hb":6.3}';
    const answer = await fetch(`http://127.0.0.1:${home.ports.lambda}/function-url/first/live/`, {
      method: 'POST',
      body,
    });
    const { sha256 } = ((await answer.json()) as { model: { sha256: string } }).model;
    const { stdout } = await home.run(['models', 'show', sha256.slice(0, 10), '--json']);
    const shown = JSON.parse(stdout) as VersionDescription;
    expect(shown).toMatchObject({
      ...{ name: 'first', version: 1, model: { sha256 }, gate: { passed: true } },
      aliases: expect.arrayContaining(['champion']) as string[],
      served: [{ target: 'first:live', percent: 100, to: null }],
      decisions: [{ decision: 'approved', by: 'the definition' }],
      lineage: {
        datasetUri: expect.stringMatching(/anemia-sample\.csv$/) as string,
        options: expect.anything() as object,
      },
      ui: expect.stringContaining(`127.0.0.1:${home.ports.ui}/namespaces/default/workflows/train-first-`) as string,
    });
    expect(shown.artifacts.map(({ state }) => state)).toEqual(shown.artifacts.map(() => 'intact'));
    const { datasetSha256, workflowId, definition } = shown.lineage;
    const learned = await readFile(fileURLToPath(definition.uri), 'utf8');
    expect(JSON.parse(learned)).toMatchObject({ model: 'first', validation: { repeats: 1 } });

    const [run, data, compared, written] = await Promise.all([
      home.run(['models', 'show', workflowId]),
      home.run(['models', 'show', datasetSha256.slice(0, 12), '--model', 'first', '--json']),
      home.run(['models', 'compare', '2', sha256.slice(0, 8), '--model', 'first']),
      home.run(['models', 'export', sha256, '--to', `${home.home}/exported`]),
    ]);
    expect(run.stdout).toContain(sha256);
    expect((JSON.parse(data.stdout) as { from: unknown[] }).from).toHaveLength(2);
    expect(compared.stdout).toMatch(/On 21 rows, 5 positive: the hold-out of version 2/);
    expect(compared.stdout).toMatch(/Brier score +│.*│ (better|worse|no clear difference)/);
    expect(written.stdout).toContain(`mlflow.pyfunc.load_model("${home.home}/exported")`);
    expect(
      createHash('sha256')
        .update(await readFile(`${home.home}/exported/model.json`))
        .digest('hex'),
    ).toBe(sha256);
  });

  it.each([
    [['models', 'import', 'model.onnx'], 'A model cannot be imported: every version comes from a run'],
    [['status', 'train-nobody'], 'There is no run train-nobody'],
    [['cancel', 'train-nobody'], 'There is no run train-nobody'],
    [['predict', '{}', '--definition', 'pipelines/anemia-none.json'], 'pipelines/anemia-none.json cannot be read'],
  ])('%j ends with 1 and one sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await home.run(args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr).toContain(sentence);
  });

  it('stop ends every process of the stack, and says when there is none', async ({ onTestFinished }) => {
    const other = await openHome(onTestFinished);
    expect((await other.run(['start-pipeline', '--set', 'validation.repeats=1'])).code).toBe(0);
    const { pid, workerPid, serverPid } = (await other.stack())!;
    const processes = await other.processes();
    expect(processes).toEqual(expect.arrayContaining([pid, workerPid, serverPid]));
    expect(await other.run(['stop'])).toEqual({ code: 0, stdout: 'Stopped the local stack.\n', stderr: '' });
    await until(
      () => processes.filter(isRunning),
      ({ length }) => length === 0,
    );
    expect((await other.run(['stop'])).stdout).toBe('No local stack is running.\n');
    const { code, stderr } = await other.run(['status']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('start the local stack with npm run stack')]);
  });
});
