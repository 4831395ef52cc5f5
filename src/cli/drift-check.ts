import { randomBytes } from 'node:crypto';
import { type Client, WorkflowFailedError } from '@temporalio/client';
import Table from 'cli-table3';
import pc from 'picocolors';
import wrapAnsi from 'wrap-ansi';
import type { Definition } from '../contracts/definition.js';
import type { ColumnDrift, Hypothesis } from '../contracts/drift.js';
import type { CheckEntry, CheckInput, CheckOutcome, ComparisonDetails, DriftState } from '../contracts/monitoring.js';
import { describeRequests } from '../contracts/requests.js';
import { CHECK_DRIFT, driftSchedule, type Project } from '../contracts/pipeline.js';
import type { ArtifactStore } from '../store/artifacts.js';
import type { checkDrift } from '../workflows/check-drift.js';
import { failedEnd } from './follow.js';
import { resultOf } from '../client/patience.js';
import type { Watch } from './watch-run.js';
import { readDuration, readPastTime } from './times.js';

export interface DriftCheckOptions {
  definition: string;
  set: string[];
  window?: string;
  to?: string;
  act?: true;
  json?: true;
}

/** Runs one check now and waits for it. */
export async function runCheck(
  client: Client,
  project: Project,
  artifacts: ArtifactStore,
  definition: Definition,
  options: Omit<DriftCheckOptions, 'definition' | 'set'>,
  watch: Watch,
): Promise<{ outcome: CheckOutcome; details: ComparisonDetails }> {
  const { taskQueue, store } = project;
  const input: CheckInput = {
    store,
    definition,
    mode: options.act ? 'scheduled' : 'by-hand',
    to: options.to === undefined ? null : readPastTime('--to', options.to).toISOString(),
    windowMinutes: options.window === undefined ? null : readDuration('--window', options.window),
  };
  const handle = await client.workflow.start<typeof checkDrift>(CHECK_DRIFT, {
    workflowId: `${driftSchedule(definition)}-by-hand-${randomBytes(3).toString('hex')}`,
    taskQueue,
    args: [input],
    staticSummary: `Check ${definition.model} for drift, by hand`,
  });
  try {
    const outcome = await resultOf(handle, watch);
    const bytes = await artifacts.get(outcome.details);
    return { outcome, details: JSON.parse(new TextDecoder().decode(bytes)) as ComparisonDetails };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    throw new Error(failedEnd(error).failure?.message ?? `${handle.workflowId} was cancelled.`, { cause: error });
  }
}

const VERDICTS: Record<DriftState, string> = {
  insufficient: pc.yellow('Insufficient data'),
  'no-drift': pc.green('No drift'),
  drift: pc.red('Drift'),
};

const verdictOf = ({ drift, requests }: CheckEntry): string =>
  requests?.state === 'refused' ? `${pc.red('Requests refused')}, ${VERDICTS[drift]}` : VERDICTS[drift];

/** A check for people: the verdict, a table of columns, and what came of it. */
export function describeCheck(
  { entry, report, snapshot, retraining, troubles }: CheckOutcome,
  details: ComparisonDetails,
): string {
  const { model, window, decision, mode } = entry;
  return [
    `${pc.bold(verdictOf(entry))}  ${pc.dim(`${model.name} version ${model.version}, ${window.from.slice(0, 16)} to ${window.to.slice(0, 16)} UTC`)}`,
    notices(details).join('\n'),
    details.window.rows > 0 ? columnsTable(details.columns) : '',
    wrapped(`${pc.bold('Decision')}  ${decision.state}: ${decision.why}`),
    mode === 'scheduled'
      ? ''
      : pc.dim('A check by hand only looks: no alert, no retraining (--act does what a scheduled one would).'),
    retraining === '' ? '' : `Retraining  ${retraining}`,
    ...troubles,
    report ? `Report   ${report.html}` : '',
    snapshot === undefined ? '' : `Evidently  ${snapshot}`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

function notices({ window, reference }: ComparisonDetails): string[] {
  const { rows, otherVersions, brokenLines, requests, withoutInputs, unknownFeatures, missingFeatures } = window;
  const others = otherVersions.map((other) => `${other.rows} of version ${other.version}`);
  return [
    `${rows} ${rows === 1 ? 'row' : 'rows'} against ${reference.rows} at training${others.length > 0 ? `; not judged: ${others.join(', ')}` : ''}`,
    requests === undefined ? '' : describeRequests(requests),
    brokenLines > 0 ? `${brokenLines} captured lines are broken and were left out` : '',
    withoutInputs > 0 ? `${withoutInputs} rows were captured without inputs` : '',
    unknownFeatures.length > 0 ? `new columns: ${unknownFeatures.join(', ')}` : '',
    missingFeatures.length > 0 ? `missing columns: ${missingFeatures.join(', ')}` : '',
  ].filter(Boolean);
}

function columnsTable(columns: ColumnDrift[]): string {
  const table = new Table({
    head: ['column', 'test', 'value', 'threshold', 'adjusted p', 'effect', 'drift'].map((heading) => pc.bold(heading)),
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'left'],
  });
  for (const { column, test, hypotheses } of columns) {
    const main = hypotheses.find(({ about }) => about === 'distribution');
    table.push([
      column,
      test?.name ?? '-',
      test ? rounded(test.value) : '-',
      test ? rounded(test.threshold) : '-',
      main ? rounded(main.adjustedP) : '-',
      main ? rounded(main.effect.value) : '-',
      driftOf(hypotheses),
    ]);
  }
  return table.toString();
}

function driftOf(hypotheses: Hypothesis[]): string {
  const found = hypotheses.filter(({ drifted }) => drifted).map(({ about }) => about);
  return found.length === 0 ? pc.dim('no') : pc.red(found.join(', '));
}

/** Lines longer than this are hard to read. */
const MAX_WIDTH = 120;

const wrapped = (text: string) => wrapAnsi(text, Math.min(process.stdout.columns || MAX_WIDTH, MAX_WIDTH));

const DIGITS = 3;
const rounded = (value: number) => String(Number(value.toPrecision(DIGITS)));
