import pc from 'picocolors';
import type { MetricName } from '../../contracts/vocabulary.js';
import type { Estimate } from '../../contracts/values.js';
import type { PipelineReport } from '../../contracts/pipeline.js';
import { searchLine, type GateVerdict, type LeaderboardRow } from '../../contracts/results.js';
import { decimals, shortDigest } from '../../contracts/text.js';
import { tableOf, wrapped } from './tables.js';

/** Lines longer than this are hard to read. */
const MAX_WIDTH = 120;

const INDENT = 4;

const COLUMNS: [MetricName, string][] = [
  ['rocAuc', 'ROC AUC'],
  ['accuracy', 'accuracy'],
  ['recall', 'recall'],
  ['specificity', 'specificity'],
  ['brier', 'Brier'],
];

/**
 * The end of a run for people: leaderboard, verdict, warnings, where to look and what to paste.
 * @param selected the selection metric
 */
export function summarize(report: PipelineReport, selected: MetricName, curl: string | null): string {
  const { model, endpoint } = report;
  return [
    report.leaderboard.length > 0 ? leaderboard(report) : '',
    searches(report, selected),
    report.holdout ? holdout(report) : '',
    report.gate ? verdict(report.gate) : '',
    report.warnings.length > 0 ? warnings(report) : '',
    `${headline(report)}${model ? `  ${pc.dim(`${model.name} version ${model.version}, ${shortDigest(model.sha256)}`)}` : ''}`,
    [report.report ? `Report   ${report.report.html}` : '', report.ui ? `Web UI   ${report.ui}` : '']
      .filter(Boolean)
      .join('\n'),
    endpoint && curl !== null ? `Try it   ${curl}` : '',
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** Rows best first as validation saw them, those without a suspicious feature last. */
function leaderboard({ leaderboard, chosen }: PipelineReport): string {
  const head = ['candidate', ...COLUMNS.map(([, heading]) => heading)].map((heading) => pc.bold(heading));
  const table = tableOf(head, { colAligns: ['left', ...COLUMNS.map(() => 'right' as const)] });
  for (const row of leaderboard) {
    const name = row.without === null ? row.candidate : `${row.candidate} without ${row.without}`;
    const mark = row.without === null && row.candidate === chosen ? pc.green(`${name} ◀`) : name;
    table.push([mark, ...COLUMNS.map(([metric]) => estimate(row.metrics[metric]))]);
  }
  const { folds, repeats, rows } = (leaderboard.find(({ search }) => !search) ?? leaderboard[0]) as LeaderboardRow;
  return `${pc.bold('Leaderboard')} ${pc.dim(`${repeats} x ${folds}-fold cross-validation on ${rows} training rows, ◀ chosen`)}\n${table.toString()}`;
}

function searches({ leaderboard }: PipelineReport, selected: MetricName): string {
  const lines = leaderboard.map((row) => searchLine(row, selected)).filter((line) => line !== null);
  return lines.length > 0 ? [pc.bold('Options'), ...lines.map((line) => `  - ${indented(line)}`)].join('\n') : '';
}

function holdout({ holdout }: PipelineReport): string {
  const { metrics, rows, positives, confusion } = holdout!;
  const { truePositives: tp, falsePositives: fp, trueNegatives: tn, falseNegatives: fn } = confusion;
  return `${pc.bold('Hold-out')}  ${rows} rows, ${positives} positive: ROC AUC ${estimate(metrics.rocAuc)}, ${tp} true and ${fp} false positives, ${tn} true and ${fn} false negatives`;
}

function verdict({ passed, unchanged, checks }: GateVerdict): string {
  if (unchanged) return `${pc.bold('Gate')}  the same model as the one serving`;
  const lines = checks.map((check) => `  ${check.passed ? pc.green('✔') : pc.red('✘')} ${check.rule}: ${check.found}`);
  return [`${pc.bold('Gate')}  ${passed ? pc.green('passed') : pc.red('refused')}`, ...lines].join('\n');
}

const warnings = (report: PipelineReport) =>
  [pc.bold('Warnings'), ...report.warnings.map(({ message }) => `  ${pc.yellow('!')} ${indented(message)}`)].join('\n');

/** Wraps at the terminal's width, later lines below the first letter. */
const indented = (text: string) => wrapped(text, INDENT, MAX_WIDTH);

function headline({ outcome, reason, unchanged, failure }: PipelineReport): string {
  switch (outcome) {
    case 'deployed':
      return pc.green(unchanged ? 'Deployed, unchanged' : 'Deployed');
    case 'refused':
      return pc.red('Refused by the gate; what served before still serves');
    case 'rejected':
      return pc.red(`Not deployed, ${reason}; what served before still serves`);
    case 'rolled-back':
      return pc.red(`Rolled back; what served before still serves. ${reason}`);
    case 'cancelled':
      return pc.yellow('Cancelled; what served before still serves');
    case 'failed':
      return pc.red(`Failed (${failure?.type ?? 'Failure'}): ${failure?.message ?? 'unknown'}`);
  }
}

function estimate({ value, low, high }: Estimate): string {
  if (value === null) return '-';
  const range = low === null || high === null ? '' : pc.dim(` ${low.toFixed(2)}-${high.toFixed(2)}`);
  return `${decimals(value)}${range}`;
}
