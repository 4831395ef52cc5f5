import { describe, expect, it } from 'vitest';
import { metricOf, type Snapshot } from '../../../../src/vendors/evidently/documents.js';
import { snapshotOf } from '../../../../src/vendors/evidently/snapshot.js';
import { driftReport, emptyDriftReport } from '../../report/drift-documents.js';

const resultsOf = ({ metric_results, top_level_metrics }: Snapshot) =>
  top_level_metrics.map((id) => metric_results[id]!);
const named = (snapshot: Snapshot, name: string) =>
  resultsOf(snapshot).filter(({ display_name }) => display_name === name);

describe('fingerprints', () => {
  // As Evidently 0.7.23 says: ValueDrift(column='x').metric_id, and so on.
  it.each([
    [metricOf('DriftedColumnsCount', {}, { drift_share: 0.5 }), '15e89f895b482f9b84ba7274ed18a106'],
    [metricOf('RowCount'), '00404ffe284d7862baa4095093452630'],
    [metricOf('MissingValueCount', { column: 'x' }), '27ccbff33202974f1d629e94a3f59a1e'],
    [metricOf('ValueDrift', { column: 'x' }, { method: 'K-S p_value' }), 'a405eeba08bef8251ba929d5632a71c7'],
    [metricOf('ValueDrift', { method: 'psi', column: 'x' }, { threshold: 0.1 }), 'ff5867f8ca7485c5ae63b9db7b502ae6'],
    [metricOf('ValueDrift', { column: 'Hb' }), '5f6142c28fd1f1b73d4aa5bd691bb9b9'],
  ])('are those of Evidently', ({ metric_id }, expected) => {
    expect(metric_id).toBe(expected);
  });
});

describe('a drift check as a snapshot', () => {
  const report = driftReport();
  const snapshot = snapshotOf(report);

  it('has the parts of a snapshot of Evidently', () => {
    // Those of a snapshot that Evidently 0.7.23 wrote itself.
    expect(Object.keys(snapshot).sort()).toEqual(
      ['report', 'name', 'timestamp', 'metadata', 'tags', 'metric_results', 'top_level_metrics', 'widgets']
        .concat('tests_widgets')
        .sort(),
    );
    for (const [id, result] of Object.entries(snapshot.metric_results)) {
      expect(result.metric_value_location.metric.metric_id).toBe(id);
      expect(result.type).toMatch(/^evidently:metric_result_v2:(Single|Count)Value$/);
      expect(result.metric_value_location.metric.params.type).toMatch(/^evidently:metric_v2:/);
    }
    expect([...snapshot.top_level_metrics].sort()).toEqual(Object.keys(snapshot.metric_results).sort());
    expect(snapshot.timestamp).toBe(report.window.to.slice(0, -1));
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
  });

  it('has the score of every test, of the index, and what is missing', () => {
    const [test, index] = named(snapshot, 'Value drift for hb');
    expect(test).toMatchObject({
      value: 1.2e-9,
      metric_value_location: { metric: { params: { column: 'hb', method: 'K-S p_value', threshold: 0.05 } } },
    });
    expect(index).toMatchObject({ value: 0.31, metric_value_location: { metric: { params: { method: 'psi' } } } });
    const { rows } = report.check;
    expect(named(snapshot, "Column 'hb' missing values")[0]).toMatchObject({
      count: { value: 3, metric_value_location: { param: { value_type: 'count' } } },
      share: { value: 3 / rows, metric_value_location: { param: { value_type: 'share' } } },
    });
    expect(named(snapshot, 'Count of Drifted Columns')[0]).toMatchObject({
      count: { value: 3 },
      share: { value: 0.5 },
    });
    expect(named(snapshot, 'Row count in dataset')[0]).toMatchObject({ value: rows });
  });

  it.each([
    ['wasserstein', 'Wasserstein distance (normed)'],
    ['jensen-shannon', 'Jensen-Shannon distance'],
    ['chi-square', 'chi-square p_value'],
  ] as const)('calls %s as Evidently does', (name, method) => {
    const [first, ...others] = report.columns;
    const test = { name, value: 0.17, threshold: 0.1, drifted: true };
    const [result] = named(snapshotOf({ ...report, columns: [{ ...first!, test }, ...others] }), 'Value drift for r');
    expect(result).toMatchObject({
      value: 0.17,
      metric_value_location: { metric: { params: { method, threshold: 0.1 } } },
      tests: [{ description: expect.stringContaining(method) as string }, {}],
    });
  });

  it('tells apart what Evidently says and what alarms go by', () => {
    const verdicts = resultsOf(snapshot).flatMap(({ tests }) => tests);
    const statusOf = (name: string) => verdicts.find((test) => test.name === name)?.status;
    expect(statusOf('Value Drift for column prediction')).toBe('FAIL');
    expect(statusOf('Drift of column prediction after error control')).toBe('SUCCESS');
    expect(statusOf('Drift of column hb after error control')).toBe('FAIL');
    expect(statusOf('Drift of column g after error control')).toBe('SUCCESS');
    expect(snapshot.tests_widgets[1]!.params).toMatchObject({
      tests: verdicts.map(({ name, status }) => ({ title: name, state: status.toLowerCase() })),
    });
  });

  it('names the check, its version and whether it was judged', () => {
    expect(snapshot.metadata).toMatchObject({ run: report.check.run, run_id: 'run', model: 'anemia-detection' });
    expect(snapshot.tags).toEqual([`version ${report.check.model.version}`, 'scheduled', 'drift', 'judged']);
  });

  it('opens the distribution of each column in its table', () => {
    const table = snapshot.widgets.find(({ type }) => type === 'big_table')!;
    const { data } = table.params as { data: { column_name: string; details: { parts: { id: string }[] } }[] };
    expect(data.map(({ column_name }) => column_name)).toEqual(report.columns.map(({ column }) => column));
    expect(data.map(({ details }) => details.parts[0]!.id)).toEqual(table.additionalGraphs.map(({ id }) => id));
    expect(new Set(table.additionalGraphs.map(({ id }) => id)).size).toBe(report.columns.length);
  });

  it('has not the means of a column', () => {
    const values = { mean: 7654321.125 };
    const columns = report.columns.map((column) => ({
      ...column,
      current: { ...column.current, ...values },
      reference: { ...column.reference, ...values },
    }));
    expect(JSON.stringify(columns)).toContain('7654321');
    expect(JSON.stringify(snapshotOf({ ...report, columns }))).not.toContain('7654321');
  });

  it('leaves out what was not tested', () => {
    const empty = snapshotOf(emptyDriftReport());
    expect(empty.tags).toEqual([`version ${report.check.model.version}`, 'by-hand', 'insufficient']);
    expect(named(empty, 'Value drift for r')).toHaveLength(1); // the index, which the made-up report has
    expect(JSON.stringify(empty)).not.toContain('null,null');
    const unmeasured = driftReport();
    unmeasured.columns = unmeasured.columns.map((column) => ({
      ...column,
      test: null,
      stability: null,
      hypotheses: [],
    }));
    const bare = snapshotOf(unmeasured);
    expect(named(bare, 'Value drift for hb')).toEqual([]);
    expect(named(bare, 'Count of Drifted Columns')[0]).toMatchObject({ count: { value: 0 }, share: { value: 0 } });
    expect(bare.tests_widgets).toEqual([]);
  });
});
