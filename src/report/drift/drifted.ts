import type { ColumnDrift } from '../../contracts/drift.js';

/** A column drifted when one of its hypotheses did. */
export const isDrifted = ({ hypotheses }: ColumnDrift): boolean => hypotheses.some(({ drifted }) => drifted);

/** Drifted columns first, otherwise in the order of the model. */
export const driftedFirst = (columns: readonly ColumnDrift[]): ColumnDrift[] =>
  [...columns].sort((a, b) => Number(isDrifted(b)) - Number(isDrifted(a)));
