import type { ColumnDrift, ColumnHistogram } from '../../../src/contracts/monitoring.js';
import { normal } from './made-up.js';

/** Two normal distributions over the same twenty bins. */
function bells(low: number, high: number, reference: [number, number], current: [number, number]): ColumnHistogram {
  const edges = Array.from({ length: 21 }, (_, index) => low + ((high - low) * index) / 20);
  const shares = ([mean, deviation]: [number, number]) => {
    const heights = edges.slice(1).map((edge, index) => normal((edge + edges[index]!) / 2, mean, deviation));
    const total = heights.reduce((sum, height) => sum + height, 0);
    return heights.map((height, bin) => Math.max(0, height / total + 0.004 * Math.sin(bin * mean)));
  };
  return { bins: { edges }, reference: shares(reference), current: shares(current) };
}

export function numericColumn(
  column: string,
  range: [number, number],
  reference: [number, number],
  current: [number, number],
  role: ColumnDrift['role'] = 'feature',
): ColumnDrift {
  const effect = Math.abs(current[0] - reference[0]) / reference[1];
  const drifted = effect > 0.2;
  const counts = (rows: number, missing: number, [mean]: [number, number]) => ({ rows, missing, mean });
  return {
    column,
    role,
    kind: 'numeric',
    reference: counts(832, 0, reference),
    current: counts(1241, role === 'feature' ? 3 : 0, current),
    test: { name: 'ks', value: drifted ? 1.2e-9 : 0.41, threshold: 0.05, drifted },
    stability: { name: 'psi', value: drifted ? 0.31 : 0.02, threshold: 0.1, drifted },
    hypotheses: [
      {
        about: 'distribution',
        p: drifted ? 1.2e-9 : 0.41,
        adjustedP: drifted ? 8.4e-9 : 0.57,
        effect: { name: 'normed Wasserstein distance', value: effect, minimum: 0.2 },
        drifted,
      },
      {
        about: 'missing',
        p: 0.2,
        adjustedP: 0.41,
        effect: { name: 'difference of missing shares', value: 0.0024, minimum: 0.05 },
        drifted: false,
      },
    ],
    histogram: bells(...range, reference, current),
  };
}

export const predictionColumn: ColumnDrift = {
  column: 'prediction',
  role: 'prediction',
  kind: 'categorical',
  reference: { rows: 832, missing: 0, mean: null },
  current: { rows: 1244, missing: 0, mean: null },
  test: { name: 'z', value: 0.0004, threshold: 0.05, drifted: true },
  stability: { name: 'psi', value: 0.041, threshold: 0.1, drifted: false },
  hypotheses: [
    {
      about: 'distribution',
      p: 0.0004,
      adjustedP: 0.0014,
      effect: { name: 'Jensen-Shannon distance', value: 0.071, minimum: 0.1 },
      drifted: false,
    },
  ],
  histogram: {
    bins: { categories: ['not anaemic', 'anaemic'] },
    reference: [0.75, 0.25],
    current: [0.66, 0.34],
  },
};
