import { chanceDoubt } from '../../contracts/chance.js';
import { whyItBegan } from '../../contracts/identity.js';
import type { TrainingReport } from '../../contracts/results.js';
import { measure } from '../format.js';
import { html, type Content, bullets, sideBySide, table, facts } from '../markup.js';
import type { Section } from '../page.js';

/** What the model is for, what it is not for, and what it reads. */
export const cardSection = ({ card, features, labels, status }: TrainingReport): Section => ({
  id: 'card',
  title: 'Model card',
  body: [
    sideBySide([
      ['Intended use', html`<p>${card.intendedUse || 'The definition does not say.'}</p>`],
      ['Limits', limitsOf(card.limits, status)],
    ]),
    table(
      `Inputs; the answer is ${labels.positive} or ${labels.negative}`,
      [{ head: 'Feature' }, { head: 'Unit' }, { head: 'Accepted from', number: true }, { head: 'To', number: true }],
      features.map(({ name, unit, range }) => ({
        cells: [name, unit || 'none', measure(range[0]), measure(range[1])],
      })),
    ),
  ],
});

/** The definition's limits; a model that guessing may equal has one more, whatever the definition says. */
function limitsOf(limits: string[], { leaderboard, chosen }: TrainingReport['status']) {
  const row = leaderboard.find(({ candidate, without }) => candidate === chosen && without === null);
  const doubt = row ? chanceDoubt(row.metrics.rocAuc) : null;
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
