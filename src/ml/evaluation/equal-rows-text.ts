import type { EqualRows, Warning } from '../../contracts/results.js';

/** What was made of rows with equal features, and why; nothing where there are none. @param rows of the data set */
export function equalRowsWarnings({ verdict, repeats, pairs, expectedPairs }: EqualRows, rows: number): Warning[] {
  if (verdict === 'none') return [];
  const start = `${repeats} of ${rows} rows repeat the features of an earlier row`;
  const expected = `${pairs} equal pairs, where the spread of the columns lets expect ${aboutCount(expectedPairs)}`;
  const because =
    pairs === 0
      ? 'all of one state that recurs'
      : pairs <= 3 * expectedPairs
        ? expected
        : `${expected}, but the columns go in steps, and the next steps are as full`;
  const message =
    verdict === 'together'
      ? `${start} (${expected}): they are taken for copies, so equal rows stay together in the hold-out, in every fold and in the intervals.`
      : `${start} (${because}): they are taken for different cases that look alike, and are divided like all others.`;
  return [{ code: 'duplicate-rows', message }];
}

const aboutCount = (expected: number): string => (expected < 0.5 ? 'none' : `about ${Math.round(expected)}`);
