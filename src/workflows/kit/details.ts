import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import { npmScript } from '../../contracts/commands.js';
import type { Definition } from '../../contracts/definition.js';
import type { MetricName } from '../../contracts/vocabulary.js';
import type { CheckOutcome } from '../../contracts/monitoring.js';
import type { SEARCH_ATTRIBUTES } from '../../contracts/names.js';
import type { PipelineStatus, StageStatus } from '../../contracts/pipeline.js';
import { markdown, decimals, shortDigest } from '../../contracts/text.js';
import { searchLine, type GateVerdict, type LeaderboardRow, type Rejects } from '../../contracts/results.js';

const MARKS: Record<StageStatus['state'], string> = { waiting: '·', running: '▶', done: '✔', skipped: '–' };

/** The run in Markdown, for the Web UI's current details. */
export function describeRun(status: PipelineStatus, { model, selection }: Definition, waiting: string): string {
  return [
    `### ${markdown(model)}`,
    waiting,
    '| | stage | found |\n|---|---|---|\n' + status.stages.map(stageRow).join('\n'),
    status.leaderboard.length > 0 ? '**Leaderboard**\n\n' + leaderboardTable(status.leaderboard, selection.metric) : '',
    searchList(status.leaderboard, selection.metric),
    status.gate ? describeGate(status.gate) : '',
    status.warnings.length > 0
      ? '**Warnings**\n\n' + status.warnings.map(({ message }) => `- ${markdown(message)}`).join('\n')
      : '',
    status.endpoint ? `**Serving** at ${status.endpoint.url}` : '',
    status.report ? `**Report** at ${status.report.html}` : '',
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** The commands by which a person decides on a model that waits, to be copied. */
export function decisionScripts(workflowId: string, sha256: string): string {
  const because = `--model ${shortDigest(sha256)} --because "your reason"`;
  const script = (verb: string) => `${npmScript(verb, workflowId)} \\\n  ${because}`;
  return `\`\`\`\n${script('approve')}\n${script('reject')}\n\`\`\``;
}

const stageRow = ({ stage, state, reused, found }: StageStatus) =>
  `| ${MARKS[state]} | ${stage} | ${markdown(found)}${reused ? ' *(reused)*' : ''} |`;

function leaderboardTable(rows: LeaderboardRow[], selected: MetricName): string {
  const shown = [...new Set<MetricName>([selected, 'rocAuc', 'accuracy', 'recall', 'specificity'])];
  const body = rows.map(({ candidate, without, metrics }) => {
    const values = shown.map((name) => decimals(metrics[name].value, '–'));
    return `| ${markdown(candidate)}${without === null ? '' : ` without ${markdown(without)}`} | ${values.join(' | ')} |`;
  });
  return [`| candidate | ${shown.join(' | ')} |`, `|---|${'---|'.repeat(shown.length)}`, ...body].join('\n');
}

function searchList(rows: LeaderboardRow[], selected: MetricName): string {
  const lines = rows.map((row) => searchLine(row, selected)).filter((line) => line !== null);
  return lines.length > 0 ? '**Options**\n\n' + lines.map((line) => `- ${markdown(line)}`).join('\n') : '';
}

function describeGate({ unchanged, passed, checks }: GateVerdict): string {
  if (unchanged) return '**Gate**: the same model as the one serving, nothing to decide.';
  const lines = checks.map((check) => `- ${check.passed ? '✔' : '✘'} ${markdown(`${check.rule}: ${check.found}`)}`);
  return [`**Gate ${passed ? 'passed' : 'refused'}**`, '', ...lines].join('\n');
}

/** `3 rows rejected: 2 out-of-range in "Hb" (lines 4, 9), 1 ragged (line 7).` */
export function describeRejects(rejects: Rejects[], unit: 'line' | 'row'): string {
  const total = rejects.reduce((sum, { rows }) => sum + rows, 0);
  const parts = rejects.map(({ reason, column, rows, lines }) => {
    const place = column === null ? '' : ` in "${column}"`;
    const more = rows > lines.length ? ', ...' : '';
    return `${rows} ${reason}${place} (${lines.length === 1 ? unit : `${unit}s`} ${lines.join(', ')}${more})`;
  });
  return `${total} ${total === 1 ? 'row' : 'rows'} rejected: ${parts.join(', ')}.`;
}

/** A drift check in Markdown, for the Web UI's current details. */
export function describeCheck({ entry, report, snapshot, retraining, troubles }: CheckOutcome): string {
  const { model, window, rows, decision, mode, performance, requests } = entry;
  return [
    `### ${markdown(model.name)} version ${model.version}`,
    `**${decision.state}**: ${markdown(decision.why)}`,
    `${rows} rows from ${window.from} to ${window.to}${mode === 'scheduled' ? '' : ` (${mode}: only looks)`}`,
    `Performance ${performance.state}${performance.value === null ? '' : `, ${decimals(performance.value)}`} on ${performance.rows} labelled rows`,
    requests.refused > 0 ? `${requests.refused} of ${requests.total} requests refused` : '',
    retraining === '' ? '' : `Retraining: ${markdown(retraining)}`,
    ...troubles.map(markdown),
    report ? `**Report** at ${report.html}` : '',
    snapshot === undefined ? '' : `**Evidently** at ${snapshot}`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** Sets one of the search attributes by which runs are found in the Web UI. Never personal data. */
export const attribute = (name: (typeof SEARCH_ATTRIBUTES)[number], value: string): void =>
  upsertSearchAttributes([{ key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD), value }]);
