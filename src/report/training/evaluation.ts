import type { CalibrationMethod, ThresholdRule } from '../../contracts/definition.js';
import type { ConfusionMatrix, ThresholdChoice } from '../../contracts/values.js';
import type { TrainingReport } from '../../contracts/results.js';
import { calibrationChart, precisionRecallChart, rocChart, intervalPlot } from '../charts/quality.js';
import { draw } from '../charts/draw.js';
import { count, counted, percent, ratio, interval, NOTHING, measure } from '../format.js';
import { html, charts, facts, table, type Content, type Markup, sideBySide } from '../markup.js';
import type { Section } from '../page.js';
import { chosenRow } from './run.js';

/** How well scores separate the classes, and whether they are probabilities. */
export function curvesSection({ evaluation }: TrainingReport): Section {
  const section = { id: 'curves', title: 'Separation and calibration' };
  if (!evaluation) return { ...section, body: html`<p>Not evaluated: no version was registered.</p>` };
  const { rows, positives, roc, precisionRecall, calibration } = evaluation;
  const oneClass = positives === 0 || positives === rows;
  return {
    ...section,
    lead: html`From out-of-fold scores of ${counted(rows, 'training row')}, ${count(positives)} positive.`,
    body: [
      oneClass && html`<p>All rows are of one class: separation is not defined.</p>`,
      charts([
        !oneClass && roc.length > 0 && draw(rocChart(evaluation)),
        !oneClass && precisionRecall.length > 0 && draw(precisionRecallChart(evaluation)),
        calibration.length > 0 && draw(calibrationChart(calibration)),
      ]),
    ],
  };
}

const CALIBRATIONS: Record<CalibrationMethod, string> = {
  none: 'none: scores are as the model gives them',
  platt: "Platt's scaling, fitted on out-of-fold scores",
  isotonic: 'isotonic regression, fitted on out-of-fold scores',
};

/** Where the decision threshold lies, by which rule, and what it means for rows the model had not seen. */
export function decisionSection({ decision, labels }: TrainingReport): Section {
  const section = { id: 'decision', title: 'Decision threshold' };
  if (!decision) return { ...section, body: html`<p>None was chosen: no version was registered.</p>` };
  const { threshold, choice, calibration } = decision;
  return {
    ...section,
    lead: html`A row is called ${labels.positive} when its score is at least ${String(threshold)}.`,
    body: facts([
      ['Rule', choice ? ruleOf(choice.rule, labels) : 'fixed'],
      ['Calibration', CALIBRATIONS[calibration]],
      ...(choice ? meaningOf(choice, labels) : []),
    ]),
  };
}

function ruleOf(rule: ThresholdRule, { positive, negative }: TrainingReport['labels']): string {
  switch (rule.rule) {
    case 'fixed':
      return `fixed at ${rule.value} by the definition`;
    case 'recall':
      return `the highest with a recall of at least ${rule.atLeast}`;
    case 'cost':
      return `the least cost, where calling ${negative} rows ${positive} costs ${rule.falsePositive} each, and ${positive} rows ${negative} ${rule.falseNegative}`;
    case 'youden':
      return 'the greatest sum of recall and specificity (Youden)';
  }
}

function meaningOf(choice: ThresholdChoice, { positive, negative }: TrainingReport['labels']) {
  const { rows, positives, recall, specificity, precision } = choice;
  const shown = (share: number | null, what: string) => `${ratio(share)}: ${percent(share)} of ${what}`;
  return [
    ['Recall, out of fold', shown(recall, `${positive} rows are called so`)],
    ['Specificity, out of fold', shown(specificity, `${negative} rows are called so`)],
    ['Precision, out of fold', shown(precision, `rows called ${positive} are`)],
    ['Out-of-fold scores', `${counted(rows, 'training row')}, ${count(positives)} ${positive}`],
  ] as const;
}

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
