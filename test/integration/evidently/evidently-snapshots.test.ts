import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Definition } from '../../../src/contracts/definition.js';
import type { CheckOutcome, ComparisonDetails } from '../../../src/contracts/monitoring.js';
import { type Lab, openLab, sampleDefinition } from '../../support/lab.js';
import { connectTemporal } from '../../support/temporal.js';
import { chromiumPath } from '../browser/chromium.js';
import { type EvidentlyServer, type ReadProject, SECRET, startEvidently } from './evidently-server.js';
import { startProxy } from '../mlflow/mlflow-proxy.js';

let temporal: TestWorkflowEnvironment;
let evidently: EvidentlyServer;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  temporal = await connectTemporal(); // before Evidently, whose start leaves it no processor
  evidently = await startEvidently();
});

afterAll(async () => {
  for (const close of closing) await close();
  await Promise.all([temporal.teardown(), evidently.close()]);
});

const lab = (url: string, secret = SECRET) =>
  openLab(temporal, (close) => closing.unshift(close), { EVIDENTLY_URL: url, EVIDENTLY_SECRET: secret });

const definitionOf = (model: string): Promise<Definition> =>
  sampleDefinition(
    ...[`model=${model}`, 'candidates=[{"kind":"cart"}]', 'gate.minimum={}', 'validation.repeats=1'],
    'monitoring.drift.minimumRows=20',
  );

/** People unlike those of the sample: half of them anemic. */
const ROWS = Array.from({ length: 60 }, (_, i) => ({ r: 55 + (i % 7) / 10, g: 20, b: 24.9, hb: i % 2 === 0 ? 5 : 15 }));

/** A model that serves and has answered. */
async function serving(own: Lab, model: string): Promise<Definition> {
  const definition = await definitionOf(model);
  expect(await (await own.start(definition)).result()).toMatchObject({ outcome: 'deployed' });
  await own.predict(definition, ROWS);
  return definition;
}

describe('drift checks of a model', () => {
  let own: Lab;
  const outcomes: CheckOutcome[] = [];
  let project: ReadProject;
  let details: ComparisonDetails;

  beforeAll(async () => {
    own = await lab(evidently.url);
    await own.work();
    const definition = await serving(own, 'shown');
    for (let check = 0; check < 3; check++) outcomes.push(await (await own.check(definition)).result());
    details = JSON.parse(new TextDecoder().decode(await own.store.get(outcomes[0]!.details))) as ComparisonDetails;
    project = await evidently.project('shown');
  });

  it('are runs of its project, with the ids of their workflows', () => {
    expect(outcomes.flatMap(({ troubles }) => troubles)).toEqual([]);
    expect(project.snapshots.map(({ id }) => `${evidently.url}/projects/${project.id}/reports/${id}`)).toEqual(
      outcomes.map(({ snapshot }) => snapshot),
    );
    for (const [i, { entry }] of outcomes.entries()) {
      const { name, metadata, tags, timestamp, html } = project.snapshots[i]!;
      expect(metadata).toMatchObject({
        run: entry.run,
        workflow_id: entry.run.split('/')[0],
        run_id: entry.run.split('/')[1],
        model: 'shown',
        version: '1',
        model_sha256: entry.model.sha256,
        window_to: entry.window.to,
        drift: 'drift',
      });
      expect(tags).toEqual(['drift', 'judged', 'scheduled', 'version 1']);
      expect([name, Date.parse(`${timestamp}Z`)]).toEqual([`drift ${entry.window.to}`, Date.parse(entry.window.to)]);
      expect(html).toBeGreaterThan(10_000);
    }
  });

  it('have the values that were found, under the names and ids that Evidently gives them', () => {
    const [{ metrics, fingerprints }] = project.snapshots as [ReadProject['snapshots'][number]];
    expect(metrics.map(({ id }) => id)).toEqual(fingerprints);
    const valueOf = (name: string) => metrics.find((metric) => metric.name === name)?.value as number;
    for (const { column, test, stability, current } of details.columns) {
      const method = { ks: 'K-S p_value', 'chi-square': 'chi-square p_value', z: 'Z-test p_value' }[test!.name as 'ks'];
      const found = valueOf(`ValueDrift(column=${column},method=${method},threshold=0.05)`);
      expect(Math.abs(found - test!.value), column).toBeLessThan(1e-9);
      const index = valueOf(`ValueDrift(column=${column},method=psi,threshold=0.1)`);
      expect(Math.abs(index - stability!.value), column).toBeLessThan(1e-9);
      expect(valueOf(`MissingValueCount(column=${column})`)).toMatchObject({ count: current.missing });
    }
    expect(valueOf('RowCount()')).toBe(ROWS.length);
    const drifted = details.columns.filter(({ test }) => test?.drifted).length;
    expect(drifted).toBeGreaterThan(0);
    expect(valueOf('DriftedColumnsCount(drift_share=0.5)')).toEqual({
      count: drifted,
      share: drifted / details.columns.length,
    });
  });

  it('have the verdicts, of Evidently and after error control, as tests', () => {
    const [{ tests }] = project.snapshots as [ReadProject['snapshots'][number]];
    const failing = tests.filter(({ status }) => status === 'FAIL').map(({ name }) => name);
    for (const { column, test, hypotheses } of details.columns) {
      expect(failing.includes(`Value Drift for column ${column}`)).toBe(
        test!.drifted || details.columns.find((other) => other.column === column)!.stability!.drifted,
      );
      expect(failing.includes(`Drift of column ${column} after error control`)).toBe(
        hypotheses.some(({ drifted }) => drifted),
      );
    }
  });

  it('are drawn over time in panels that are there once', () => {
    const titles = project.panels.map(({ title }) => title);
    expect(titles).toEqual([...new Set(titles)]);
    expect(project.tabs).toEqual([{ title: 'Drift', panels: project.panels.map(({ id }) => id) }]);
    expect(project.series['Rows']).toEqual({ '': [60, 60, 60] });
    expect(project.series['Share of drifted columns']![''], 'a point for each check').toHaveLength(3);
    const names = details.columns.map(({ column }) => column).sort();
    for (const title of ['p-values by column', 'Population stability index by column', 'Missing values by column'])
      expect(Object.keys(project.series[title]!).sort(), title).toEqual(names);
  });

  it('can be read in a browser', async () => {
    const browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
    onTestFinished(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 1300, height: 1700 } });
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${evidently.url}/projects/${project.id}`);
    for (const title of project.panels.map((panel) => panel.title))
      await page.getByText(title, { exact: true }).waitFor();
    await page.goto(outcomes[0]!.snapshot!);
    await page.getByText(outcomes[0]!.entry.decision.why, { exact: false }).waitFor();
    for (const column of ['r', 'hb', 'score']) await page.getByRole('cell', { name: column, exact: true }).waitFor();
    const row = page.getByRole('row').filter({ has: page.getByRole('cell', { name: 'hb', exact: true }) });
    await row.getByRole('button').click();
    await page.locator('.js-plotly-plot').first().waitFor();
    await page.getByText('Tests', { exact: true }).click();
    await page.getByText('Drift of column hb after error control').waitFor();
    expect(complaints).toEqual([]);
  });
});

describe('a server with trouble', () => {
  it('that is killed in mid-push, with the worker, gets the snapshot once when it is back', async () => {
    const proxy = await startProxy(evidently.url);
    closing.unshift(() => proxy.close());
    const own = await lab(proxy.uri);
    const first = await own.work();
    const definition = await serving(own, 'killed');
    const held = proxy.withhold({ path: '/api/v2/snapshots/', body: '"metric_results"' });
    const run = await own.check(definition);
    await held;
    await first.kill();
    await evidently.stop();
    proxy.cut();
    await own.work();
    await evidently.start();
    const outcome = await run.result();
    expect(outcome.troubles).toEqual([]);
    expect((await evidently.project('killed')).snapshots).toMatchObject([{ metadata: { run: outcome.entry.run } }]);
    expect(outcome.snapshot).toContain((await evidently.project('killed')).snapshots[0]!.id);
  });

  it('that refuses the secret fails no check: it is told, and report and verdict are there', async () => {
    const own = await lab(evidently.url, 'another-secret');
    await own.work();
    const outcome = await (await own.check(await serving(own, 'refused'))).result();
    expect(outcome).toMatchObject({ entry: { drift: 'drift' }, report: { html: expect.any(String) as string } });
    expect(outcome.snapshot).toBeUndefined();
    expect(outcome.troubles).toEqual([
      expect.stringMatching(/^The snapshot could not be pushed: .*refused access \(403\).*EVIDENTLY_SECRET/),
    ]);
    expect(outcome.troubles[0]).not.toContain('another-secret');
  });
});
