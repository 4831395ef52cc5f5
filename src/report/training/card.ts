import { chanceDoubt } from '../../contracts/chance.js';
import type { TrainingReport } from '../../contracts/report.js';
import { measure } from '../format.js';
import { html } from '../markup.js';
import type { Section } from '../page.js';
import { bullets, sideBySide, table } from '../parts.js';

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
