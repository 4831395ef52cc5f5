import { chanceDoubt } from '../../model/chance.js';
import { shownBy, whyItBegan } from '../../contracts/identity.js';
import type { StageStatus } from '../../contracts/pipeline.js';
import type { TrainingReport, LeaderboardRow } from '../../contracts/results.js';
import type { Warning } from '../../contracts/values.js';
import { counted, sentence, NOTHING, time, measure } from '../format.js';
import { type Tone, html, link, table, tag, bullets, type Content, sideBySide, facts } from '../markup.js';
import type { Section } from '../page.js';

/** The run in a sentence, what stands behind it, and how good the news is. */
export function outcomeOf({ model, run, status }: TrainingReport): { tone: Tone; verdict: string; detail: string } {
  const version = model.version === null ? 'The candidate' : `Version ${model.version}`;
  const reason = run.reason === '' ? '' : sentence(run.reason);
  const stays = 'What served before still serves.';
  switch (run.outcome) {
    case 'deployed':
      return status.gate?.unchanged
        ? { tone: 'good', verdict: `${version} serves already: the same model came out`, detail: reason }
        : { tone: 'good', verdict: `${version} is deployed`, detail: reason || deployedDetail(status) };
    case 'refused':
      return {
        tone: 'bad',
        verdict: 'Refused by the gate',
        detail: [reason || refusedDetail(status), stays].join(' '),
      };
    case 'rejected':
      return { tone: 'warn', verdict: `${version} was not approved`, detail: ended(reason, stays) };
    case 'rolled-back':
      return { tone: 'bad', verdict: `${version} was rolled back`, detail: ended(reason, stays) };
    case 'failed':
      return { tone: 'bad', verdict: 'The run failed', detail: ended(run.reason, stays) };
    case 'cancelled':
      return { tone: 'warn', verdict: 'The run was cancelled', detail: ended(reason, stays) };
  }
}

/** Row of the leaderboard of the candidate that was refitted. */
export const chosenRow = ({ status }: TrainingReport): LeaderboardRow | null =>
  status.leaderboard.find(({ candidate, without }) => without === null && candidate === status.chosen) ?? null;

const ended = (reason: string, stays: string) =>
  reason === '' ? stays : `${reason}${/[.!?]$/.test(reason) ? '' : '.'} ${stays}`;

const deployedDetail = ({ gate, warnings }: TrainingReport['status']) =>
  [
    gate ? `It passed ${counted(gate.checks.length, 'check')} of the gate.` : '',
    warnings.length > 0 ? `${sentence(counted(warnings.length, 'warning'))} should be read.` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');

const refusedDetail = ({ gate }: TrainingReport['status']) => {
  const failed = gate?.checks.filter(({ passed }) => !passed).map(({ rule, found }) => `${rule}: ${found}`) ?? [];
  return failed.length > 0 ? `${failed.join('; ')}.` : '';
};

const STATES: Record<StageStatus['state'], [Tone, string]> = {
  done: ['good', 'done'],
  skipped: ['neutral', 'skipped'],
  running: ['warn', 'under way'],
  waiting: ['neutral', 'not reached'],
};

/** Where a run ended that came to no end of its own. */
const BROKEN_OFF: Partial<Record<TrainingReport['run']['outcome'], [Tone, string]>> = {
  failed: ['bad', 'failed here'],
  cancelled: ['warn', 'cancelled here'],
};

const stateOf = (state: StageStatus['state'], { outcome }: TrainingReport['run']): [Tone, string] =>
  (state === 'running' ? BROKEN_OFF[outcome] : undefined) ?? STATES[state];

/** Stage by stage, who decided, and where the model answers. */
export function runSection({ status, decisions, run }: TrainingReport): Section {
  return {
    id: 'run',
    title: 'Run',
    lead: status.endpoint
      ? html`Serving under alias ${status.endpoint.alias} at ${link(status.endpoint.url, status.endpoint.url)}.`
      : 'This run left no new endpoint.',
    body: [
      table(
        'Stages',
        [{ head: 'Stage' }, { head: 'State' }, { head: 'Found' }],
        status.stages.map(({ stage, state, reused, found }) => ({
          cells: [
            stage,
            html`${tag(...stateOf(state, run))}${reused ? html` ${tag('neutral', 'reused')}` : null}`,
            found || NOTHING,
          ],
        })),
      ),
      decisions.length > 0
        ? table(
            'Approval',
            [{ head: 'Decision' }, { head: 'By' }, { head: 'Because' }, { head: 'At' }],
            decisions.map(({ decision, by, proof, reason, at }) => ({
              cells: [decision, shownBy(by, proof), reason || NOTHING, time(at)],
            })),
          )
        : html`<p>Nobody was asked for approval, or nobody decided.</p>`,
      run.ui === null ? null : html`<p>${link(run.ui, 'The run in the Web UI')}</p>`,
    ],
  };
}

/** What a person should know before trusting the model. */
export const warningsSection = (warnings: Warning[]): Section => ({
  id: 'warnings',
  title: 'Warnings',
  body: warnings.length > 0 ? bullets(warnings.map(({ message }) => message)) : html`<p>None.</p>`,
});

/** What the model is for, what it is not for, and what it reads. */
export function cardSection(report: TrainingReport): Section {
  const { card, features, labels } = report;
  return {
    id: 'card',
    title: 'Model card',
    body: [
      sideBySide([
        ['Intended use', html`<p>${card.intendedUse || 'The definition does not say.'}</p>`],
        ['Limits', limitsOf(card.limits, chosenRow(report))],
      ]),
      table(
        `Inputs; the answer is ${labels.positive} or ${labels.negative}`,
        [{ head: 'Feature' }, { head: 'Unit' }, { head: 'Accepted from', number: true }, { head: 'To', number: true }],
        features.map(({ name, unit, range }) => ({
          cells: [name, unit || 'none', measure(range[0]), measure(range[1])],
        })),
      ),
    ],
  };
}

/** The definition's limits; a model that guessing may equal has one more, whatever the definition says. */
function limitsOf(limits: string[], chosen: LeaderboardRow | null) {
  const doubt = chosen === null ? null : chanceDoubt(chosen.metrics.rocAuc);
  const all = doubt === null ? limits : [`By cross-validation the model ${doubt}.`, ...limits];
  return all.length > 0 ? bullets(all) : html`<p>The definition names none.</p>`;
}

/** Where the model came from: with these, it can be made again byte for byte. */
export function lineageSection({ lineage, model, status }: TrainingReport): Section {
  const code = (text: string): Content => html`<code>${text}</code>`;
  const section = { id: 'lineage', title: 'Lineage' };
  if (!lineage)
    return {
      ...section,
      body: status.dataset
        ? facts([
            ['Data', code(status.dataset.uri)],
            ['Source, SHA-256', code(status.dataset.sha256)],
            ['Model', 'no version was registered'],
          ])
        : html`<p>No version was registered.</p>`,
    };
  return {
    ...section,
    lead: 'The same source, definition and code give the same model, byte for byte.',
    body: facts([
      ['Model, SHA-256', model.sha256 === null ? 'no version was registered' : code(model.sha256)],
      ['Candidate', lineage.candidate],
      ['Data', code(lineage.datasetUri)],
      ['Source, SHA-256', code(lineage.sourceSha256)],
      ['Data set, SHA-256', code(lineage.datasetSha256)],
      ['Definition, SHA-256', code(lineage.definitionSha256)],
      ['Code version', code(lineage.codeVersion)],
      ['Git commit', lineage.commit === null ? 'not known: the code was no checkout' : code(lineage.commit)],
      ['Why it ran', whyItBegan(lineage.origin)],
      ['Workflow', code(lineage.workflowId)],
      ['Workflow run', code(lineage.runId)],
    ]),
  };
}
