import { Client, Connection } from '@temporalio/client';
import { SAMPLE_ROWS } from '../../scripts/sample-table.js';
import { type Bench, MILLION } from '../context.js';
import { median, peakMemoryOf, repeated } from '../measure.js';
import type { Budget, Row } from '../row.js';
import { type BenchStack, withStack } from '../stack.js';

const BUDGET_SECONDS = 60;
const BUDGET_MEMORY = 2 * 2 ** 30;
const BUDGET_EVENTS = 200;
const BUDGET_HISTORY_BYTES = 256_000;

interface HistorySize {
  events: number;
  /** Without those of workflow tasks, whose number depends on which steps happen to end together. */
  steps: number;
  bytes: number;
}

/** The whole pipeline on a million rows: time, the worker's memory, and a history that must not grow with the rows. */
export const millionRows: Bench = {
  name: 'million-rows',
  async run({ repeats, table }) {
    const [large, small] = [await table(MILLION), await table(SAMPLE_ROWS)];
    return withStack(async (stack) => {
      // Models of their own, so that both are first deployments.
      const few = await stack.startPipeline(['--no-cache', '--dataset', small, '--set', 'model=few-rows']);
      const worker = await stack.workerPid();
      const options = ['--no-cache', '--dataset', large, '--set', 'model=many-rows'];
      const runs = await repeated(repeats, () => stack.startPipeline(options));
      if ((await stack.workerPid()) !== worker)
        throw new Error('The worker did not survive 1,000,000 rows; see its log.');
      const memory = peakMemoryOf(worker);
      const smallHistory = await historyOf(stack, few.report.workflowId);
      const largeHistory = await historyOf(stack, runs[0]!.report.workflowId);
      const row = (what: string, unit: Row['unit'], ours: number, budget: Budget): Row => ({
        ...{ bench: 'million-rows', what, unit, ours, budget, peer: null, note: '' },
      });
      const beside = (what: string, unit: Row['unit'], size: keyof HistorySize, budget: Budget): Row => ({
        ...row(what, unit, largeHistory[size], budget),
        peer: { name: `${SAMPLE_ROWS} rows`, value: smallHistory[size] },
      });
      const time = median(runs.map(({ seconds }) => seconds));
      return [
        row('start-pipeline', 's', time, { kind: 'most', limit: BUDGET_SECONDS }),
        ...(memory === null ? [] : [row('worker, peak memory', 'MiB', memory, { kind: 'most', limit: BUDGET_MEMORY })]),
        beside('history, all events', 'count', 'events', { kind: 'most', limit: BUDGET_EVENTS }),
        beside('history, without workflow tasks', 'count', 'steps', { kind: 'above', limit: 0 }),
        beside('history, bytes', 'KB', 'bytes', { kind: 'most', limit: BUDGET_HISTORY_BYTES }),
      ];
    });
  },
};

async function historyOf({ config }: BenchStack, workflowId: string): Promise<HistorySize> {
  const connection = await Connection.connect({ address: `127.0.0.1:${config.ports.temporal}` });
  try {
    const handle = new Client({ connection, namespace: config.namespace }).workflow.getHandle(workflowId);
    const events = (await handle.fetchHistory()).events ?? [];
    const ofTasks = events.filter(
      (event) =>
        event.workflowTaskScheduledEventAttributes ??
        event.workflowTaskStartedEventAttributes ??
        event.workflowTaskCompletedEventAttributes,
    );
    const { historySize } = await handle.describe();
    return { events: events.length, steps: events.length - ofTasks.length, bytes: historySize ?? NaN };
  } finally {
    await connection.close();
  }
}
