import { shownBy } from '../../contracts/identity.js';
import type { StageStatus } from '../../contracts/pipeline.js';
import type { TrainingReport } from '../../contracts/report.js';
import type { Warning } from '../../contracts/results.js';
import { NOTHING, time } from '../format.js';
import { html, link } from '../markup.js';
import type { Section, Tone } from '../page.js';
import { table, tag, bullets } from '../parts.js';

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
