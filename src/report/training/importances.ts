import type { TrainingReport } from '../../contracts/report.js';
import { draw } from '../charts/draw.js';
import { intervalPlot } from '../charts/interval-plot.js';
import { count, interval, NOTHING, ratio } from '../format.js';
import { html } from '../markup.js';
import type { Section } from '../page.js';
import { charts, table } from '../parts.js';

/** Features beyond these are in the JSON document alone. */
const MOST_FEATURES = 30;

/** What the model loses when it cannot read a feature. */
export function importancesSection({ evaluation }: TrainingReport): Section {
  const section = { id: 'importances', title: 'Importances' };
  if (!evaluation || evaluation.importances.length === 0)
    return {
      ...section,
      body: html`<p>
        Not measured: ${evaluation ? 'the hold-out has one class alone' : 'no version was registered'}.
      </p>`,
    };
  const sorted = [...evaluation.importances].sort((a, b) => (b.loss.value ?? 0) - (a.loss.value ?? 0));
  const shown = sorted.slice(0, MOST_FEATURES);
  return {
    ...section,
    lead: html`Loss of ROC AUC on the hold-out when a feature's values are shuffled. Features that tell the same can
    stand in for each other and then look unimportant one by
    one.${sorted.length > shown.length ? ` The largest ${count(shown.length)} of ${count(sorted.length)}.` : null}`,
    body: html`<div class="pair">
      <div>${charts([draw(plotOf(shown))], true)}</div>
      <div>
        ${table(
          'Loss by feature',
          [{ head: 'Feature' }, { head: 'Loss', number: true }, { head: 'Interval', number: true }],
          shown.map(({ feature, loss }) => ({ cells: [feature, ratio(loss.value), interval(loss) || NOTHING] })),
        )}
      </div>
    </div>`,
  };
}

const plotOf = (importances: NonNullable<TrainingReport['evaluation']>['importances']) =>
  intervalPlot({
    title: 'Permutation importance',
    axis: 'loss of ROC AUC',
    rows: importances.map(({ feature, loss }) => ({ label: feature, estimate: loss, marked: true })),
    zero: true,
  });
