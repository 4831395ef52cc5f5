import type { TrainingReport } from '../../contracts/report.js';
import { measure } from '../format.js';
import { html } from '../markup.js';
import type { Section } from '../page.js';
import { bullets, sideBySide, table } from '../parts.js';

/** What the model is for, what it is not for, and what it reads. */
export const cardSection = ({ card, features, labels }: TrainingReport): Section => ({
  id: 'card',
  title: 'Model card',
  body: [
    sideBySide([
      ['Intended use', html`<p>${card.intendedUse || 'The definition does not say.'}</p>`],
      ['Limits', card.limits.length > 0 ? bullets(card.limits) : html`<p>The definition names none.</p>`],
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
