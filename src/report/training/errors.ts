import type { ConfusionMatrix } from '../../contracts/metrics.js';
import type { TrainingReport } from '../../contracts/report.js';
import { counted, measure, percent } from '../format.js';
import { type Content, html, type Markup } from '../markup.js';
import type { Section } from '../page.js';
import { sideBySide } from '../parts.js';
import { chosenRow } from './outcome.js';

/** Right and wrong answers at the threshold. */
export function errorsSection(report: TrainingReport): Section {
  const { status, labels } = report;
  const chosen = chosenRow(report);
  const { holdout } = status;
  return {
    id: 'errors',
    title: 'Right and wrong answers',
    lead: 'At the decision threshold; each fold at the one that the other folds ask for.',
    body:
      chosen || holdout
        ? sideBySide([
            [
              'Hold-out',
              holdout
                ? matrix(`${counted(holdout.rows, 'row')} never seen in training`, labels, holdout.confusion)
                : html`<p>The run ended before the hold-out was scored.</p>`,
            ],
            [
              'Cross-validated',
              chosen
                ? matrix(`Mean over ${counted(chosen.repeats, 'repeat')}`, labels, chosen.confusion)
                : html`<p>No candidate was chosen.</p>`,
            ],
          ])
        : html`<p>The run ended before a candidate was chosen.</p>`,
  };
}

function matrix(caption: string, labels: TrainingReport['labels'], confusion: ConfusionMatrix): Markup {
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = confusion;
  const row = (name: string, called: number, notCalled: number, right: 0 | 1): Content => {
    const of = (value: number) => percent(called + notCalled > 0 ? value / (called + notCalled) : null);
    const cell = (value: number, isRight: boolean) =>
      html`<td${isRight ? html` class="right"` : null}>${measure(value)}<small>${of(value)}</small></td>`;
    return html`<tr>
      <th scope="row">${name}</th>
      ${cell(called, right === 0)}${cell(notCalled, right === 1)}
    </tr>`;
  };
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}">
    <table class="matrix">
      <caption>
        <span>${caption}</span>
      </caption>
      <thead>
        <tr>
          <th scope="col">Truth</th>
          <th scope="col">called ${labels.positive}</th>
          <th scope="col">called ${labels.negative}</th>
        </tr>
      </thead>
      <tbody>
        ${row(labels.positive, truePositives, falseNegatives, 0)}${row(labels.negative, falsePositives, trueNegatives, 1)}
      </tbody>
    </table>
  </div>`;
}
