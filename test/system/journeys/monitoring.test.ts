import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckOutcome, ComparisonDetails } from '../../../src/contracts/monitoring.js';
import type { PipelineReport } from '../../../src/contracts/pipeline.js';
import { type Home, openHome } from '../../support/cli.js';
import { LIMIT_MS, until } from '../../support/until.js';
import { ownId } from '../../../src/contracts/names.js';

const MODEL = 'watched';
const SETTINGS = [
  ...[`model=${MODEL}`, 'validation.repeats=1', 'monitoring.drift.minimumRows=50'],
  ...['monitoring.drift.alarm.windows=1', 'monitoring.drift.alarm.of=1'],
].flatMap((setting) => ['--set', setting]);

/** People unlike those of the sample: half of them anemic. */
const ROWS = Array.from({ length: 120 }, (_, i) => ({
  r: 55 + (i % 7) / 10,
  g: 20,
  b: 24.9,
  hb: i % 2 === 0 ? 5 : 15,
}));

let home: Home;
let trained: PipelineReport;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  home = await openHome((close) => closing.push(close));
  const { stdout } = await home.run(['start-pipeline', '--json', ...SETTINGS]);
  trained = JSON.parse(stdout) as PipelineReport;
}, LIMIT_MS);
afterAll(async () => {
  for (const close of closing) await close();
}, LIMIT_MS);

/** Asks about people, as a caller does, and gives the id of the answer. */
async function predict(rows: unknown[]): Promise<string> {
  const body = JSON.stringify({ dataframe_records: rows });
  const response = await fetch(trained.endpoint!.url, { method: 'POST', body });
  expect(response.status).toBe(200);
  return ((await response.json()) as { id: string }).id;
}

type Check = CheckOutcome & { details: ComparisonDetails };

async function check(...options: string[]): Promise<Check> {
  const { stdout, stderr } = await home.run(['drift-check', '--json', ...SETTINGS, ...options]);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Check;
}

/** Capture is written a moment after the answer. */
const checkOf = (rows: number, ...options: string[]) =>
  until(
    () => check(...options),
    ({ entry }) => entry.rows === rows,
  );

/** Alerts in the worker's log. */
const alertsOf = async () =>
  (await readFile(join(home.home, 'logs', 'worker.log'), 'utf8'))
    .split('\n')
    .filter((line) => line.includes('"type":"alert"'));

describe('a model that is watched', { timeout: LIMIT_MS }, () => {
  it('has a report of its training, on pages that list it', async () => {
    const page = await fetch(trained.report!.html);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Leaderboard')]);
    const document = (await (await fetch(trained.report!.json)).json()) as { kind: string; model: unknown };
    expect(document).toMatchObject({ kind: 'training-report', model: { name: MODEL, version: 1 } });
    const index = await fetch(`http://127.0.0.1:${home.ports.reports}/`);
    const link = `href="${new URL(trained.report!.html).pathname.slice(1)}"`;
    expect((await index.text()).includes(link)).toBe(true);
  });

  it('has its checks and its retraining scheduled', async () => {
    const { stdout } = await home.run(['schedules', '--json']);
    expect(JSON.parse(stdout)).toMatchObject([
      { id: `drift-${MODEL}`, what: 'drift check', everyMinutes: 60, paused: false },
      { id: `retrain-${MODEL}`, what: 'retraining', everyMinutes: null, paused: false },
    ]);
  });

  it('is checked by hand, without effect', async () => {
    expect((await check()).entry).toMatchObject({ drift: 'insufficient', rows: 0 });
    await predict(ROWS);
    const { entry, report, details, retraining } = await checkOf(ROWS.length);
    expect(entry).toMatchObject({ mode: 'by-hand', drift: 'drift', decision: { state: 'alarm' } });
    expect(retraining).toBe('');
    expect(details.columns.map(({ column }) => column)).toEqual(['r', 'g', 'b', 'hb', 'prediction', 'score']);
    expect(await (await fetch(report!.html)).text()).toContain('by hand');
    const said = await home.run(['drift-check', ...SETTINGS]);
    for (const part of ['Drift', 'A check by hand only looks', entry.driftedColumns[0]!, 'Report'])
      expect(said.stdout).toContain(part);
  });

  it('learns from labels that come later, by prediction id', async () => {
    const id = await predict(ROWS.slice(0, 60));
    const file = join(home.home, 'labels.csv');
    const label = (i: number) => (i % 2 === 0 ? 'Yes' : 'no');
    await writeFile(file, ['id,row,label', ...ROWS.slice(0, 60).map((_, i) => `${id},${i},${label(i)}`)].join('\n'));
    // Until the prediction is captured, its labels belong to nothing.
    const given = await until(
      () => home.run(['feedback', '--file', file, ...SETTINGS]),
      ({ code }) => code === 0,
    );
    expect([given.code, given.stdout]).toEqual([0, expect.stringContaining('Took 60 labels of watched, 30 of them')]);
    const { entry, details } = await checkOf(ROWS.length + 60);
    expect(entry.performance).toMatchObject({ state: 'kept', rows: 60 });
    expect(details.performance.measured!.metrics.rocAuc.value).toBeGreaterThan(0.9);

    await writeFile(file, `id,label\n${id},perhaps\n`);
    const refused = await home.run(['feedback', '--file', file, ...SETTINGS]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('line 2')]);
    expect(refused.stderr).not.toContain('perhaps');
  });

  it('alerts, and is not retrained on the data it knows', async () => {
    const { entry, retraining } = await check('--act');
    expect(entry).toMatchObject({ mode: 'scheduled', decision: { state: 'alarm', retrain: 'drift' } });
    expect(retraining).toBe(`started ${ownId(`retrain-${MODEL}`, home.config.taskQueue)}`);
    const outcome: unknown = await home.client.workflow
      .getHandle(ownId(`retrain-${MODEL}`, home.config.taskQueue))
      .result();
    expect(outcome).toMatchObject({
      outcome: 'held-back',
      reason: expect.stringContaining('no new labelled data') as string,
    });
    expect((await check('--act')).entry.decision.state).toBe('ongoing');
    const alerts = await until(alertsOf, ({ length }) => length > 0);
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toContain(entry.decision.episodes[0]!.id);
  });

  it('tells of callers whose field has another name, once, and does not retrain for them', async () => {
    const renamed = ROWS.slice(0, 40).map(({ hb, ...row }) => ({ ...row, Hemoglobin: hb }));
    for (const row of renamed) {
      const response = await fetch(trained.endpoint!.url, { method: 'POST', body: JSON.stringify(row) });
      expect(response.status).toBe(400);
    }
    const seen = await until(check, ({ entry }) => entry.requests.refused === renamed.length);
    expect(seen.entry).toMatchObject({ rows: ROWS.length + 60, requests: { state: 'refused', total: 42 } });
    expect(seen.details.window).toMatchObject({ brokenLines: 0, unknownFeatures: [], missingFeatures: [] });
    expect(seen.details.window.requests.faults).toEqual([
      { reason: 'missing-field', feature: 'hb', requests: 40 },
      { reason: 'unknown-field', feature: null, requests: 40 },
    ]);
    const page = await (await fetch(seen.report!.html)).text();
    expect(page).toContain('Why requests were refused');
    expect(page).not.toContain('Hemoglobin');
    expect((await home.run(['drift-check', ...SETTINGS])).stdout).toContain(
      '40 of 42 requests were refused: hb missing',
    );

    const { entry } = await check('--act');
    expect(entry.decision.begun.map(({ kind }) => kind)).toEqual(['refused-requests']);
    const alerts = await until(alertsOf, ({ length }) => length > 1);
    expect(alerts.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual(['drift', 'refused-requests']);
    expect((await check('--act')).entry.decision.begun).toEqual([]);
    expect(await alertsOf()).toHaveLength(2);
  });

  it('pauses, resumes and checks the past', async () => {
    const id = `drift-${MODEL}`;
    expect((await home.run(['schedules', 'pause', id, '--because', 'holidays'])).stdout).toContain('is paused');
    expect((await home.run(['schedules'])).stdout).toContain('paused: holidays');
    expect((await home.run(['schedules', 'resume', id])).stdout).toContain('is active again');
    // Up to now: the windows just checked are checked once more, and nothing comes of it.
    const before = await alertsOf();
    const now = new Date();
    const range = ['--from', new Date(now.getTime() - 3 * 3_600_000).toISOString(), '--to', now.toISOString()];
    const past = await home.run(['schedules', 'backfill', id, ...range]);
    expect([past.code, past.stdout]).toEqual([0, expect.stringContaining('Checked 3 windows of the past')]);
    const page = await (await fetch(`http://127.0.0.1:${home.ports.reports}/${MODEL}/`)).text();
    expect([...page.matchAll(/drift-watched[\w.-]*-backfill-/g)].length).toBeGreaterThan(2);
    expect(await alertsOf()).toEqual(before);
    expect((await check('--act')).entry.decision.state).toBe('ongoing');

    for (const [wrong, sentence] of [
      [['backfill', `retrain-${MODEL}`, ...range], 'only drift checks'],
      [['backfill', id, '--from', '2020-01-01', '--to', '2026-01-01'], 'backfill it in parts'],
      [['pause', 'unknown'], 'There is no schedule unknown'],
      [['explode', id], 'it can pause, resume or backfill'],
    ] as const) {
      const { code, stderr } = await home.run(['schedules', ...wrong]);
      expect([code, stderr]).toEqual([1, expect.stringContaining(sentence)]);
    }
  });

  it.each([
    ['--to', '2999-01-01', '--to is in the future'],
    ['--to', 'noon', '--to is not a time'],
    ['--window', '3 weeks', '--window is not a duration'],
  ])('refuses %s %s', async (option, value, sentence) => {
    const { code, stderr } = await home.run(['drift-check', ...SETTINGS, option, value]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(sentence)]);
  });

  it('says what to do when nothing serves', async () => {
    const { code, stderr } = await home.run(['drift-check', '--set', 'model=unknown']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('npm run start-pipeline')]);
  });
});
