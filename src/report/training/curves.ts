import type { TrainingReport } from '../../contracts/report.js';
import { calibrationChart, precisionRecallChart, rocChart } from '../charts/curves.js';
import { draw } from '../charts/draw.js';
import { count, counted } from '../format.js';
import { html } from '../markup.js';
import type { Section } from '../page.js';
import { charts } from '../parts.js';

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
