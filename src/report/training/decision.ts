import type { CalibrationMethod, ThresholdRule } from '../../contracts/definition.js';
import type { ThresholdChoice } from '../../contracts/model.js';
import type { TrainingReport } from '../../contracts/report.js';
import { count, counted, percent, ratio } from '../format.js';
import { html } from '../markup.js';
import type { Section } from '../page.js';
import { facts } from '../parts.js';

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
