import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { METRICS } from '../../../src/telemetry/metrics.js';
import type { PipelineReport } from '../../../src/contracts/pipeline.js';
import { openHome } from '../../support/cli.js';
import { freePorts } from '../../support/temp.js';
import { LIMIT_MS, until } from '../../support/until.js';

const SETTINGS = ['model=measured', 'validation.repeats=1', 'monitoring.drift.minimumRows=50'].flatMap((setting) => [
  '--set',
  setting,
]);

const ROWS = Array.from({ length: 120 }, (_, i) => ({
  r: 55 + (i % 7) / 10,
  g: 20,
  b: 24.9,
  hb: i % 2 === 0 ? 5 : 15,
}));

it('a worker tells its runs in metrics and in its log', { timeout: LIMIT_MS * 2 }, async ({ onTestFinished }) => {
  const [port] = await freePorts(1);
  const settings = { MLOPS_METRICS_PORT: String(port), LOG_FORMAT: 'json', LOG_LEVEL: 'debug' };
  const home = await openHome(onTestFinished);
  const { stdout } = await home.run(['start-pipeline', '--json', ...SETTINGS], settings);
  const trained = JSON.parse(stdout) as PipelineReport;
  expect(trained.outcome).toBe('deployed');

  const body = JSON.stringify({ dataframe_records: ROWS });
  const { url } = trained.endpoint!;
  expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(400);
  await fetch(url, { method: 'POST', body });
  await until(
    async () =>
      JSON.parse((await home.run(['drift-check', '--json', ...SETTINGS])).stdout) as { entry: { rows: number } },
    ({ entry }) => entry.rows === ROWS.length,
  );

  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  /** Sum over the series of a metric that have these labels. */
  const sum = (name: string, ...labels: string[]) =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)))
      .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
  const model = 'model="measured"';
  const { rows, rejected } = trained.dataset!;
  expect(sum('mlops_dataset_rows', model, 'kind="kept"')).toBe(rows);
  expect(sum('mlops_dataset_rows', model, 'kind="rejected"')).toBe(rejected);
  expect(sum('mlops_gate_verdicts_total', model, 'verdict="passed"')).toBe(1);
  expect(sum('mlops_deployments_total', model, 'outcome="deployed"')).toBe(1);
  expect(sum('mlops_serving_version', model)).toBe(1);
  expect(sum('mlops_predictions_checked_total', model)).toBeGreaterThanOrEqual(ROWS.length);
  expect(sum('mlops_requests_refused_total', model)).toBeGreaterThanOrEqual(1);
  expect(sum('mlops_drift_checks_total', model, 'verdict="drift"')).toBeGreaterThanOrEqual(1);
  expect(sum('mlops_drift_score', model, 'column="hb"')).toBeGreaterThan(0);
  expect(sum('mlops_drifted_columns_share', model)).toBeGreaterThan(0);
  for (const stage of ['ingest', 'profile', 'features', 'train', 'validate', 'register', 'deploy', 'monitor'])
    expect([stage, sum('mlops_stage_duration_seconds_count', model, `stage="${stage}"`) > 0]).toEqual([stage, true]);
  expect(text).toContain('temporal_worker_task_slots_available');
  const ours = [...text.matchAll(/^# TYPE (mlops_\w+)/gm)].map(([, name]) => name!);
  expect(ours.filter((name) => !(name in METRICS))).toEqual([]);

  const log = (await readFile(join(home.home, 'logs', 'worker.log'), 'utf8')).trim().split('\n');
  const lines = log.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toContainEqual(
    expect.objectContaining({
      ...{ workflowId: trained.workflowId, runId: trained.runId, activityType: 'fitCandidate', stage: 'validate' },
      activityId: expect.any(String) as string,
    }),
  );
});
