import type { Definition } from '../../../../src/contracts/definition.js';
import { createRandom } from '../../../../src/ml/random.js';

const ROWS = 40;
/** How a missing value is written, beside what a definition says. */
const MISSING = ['', 'NA', '?'];

/** A table that a definition describes: rows within the ranges, some values missing where that is allowed. */
export interface MadeUpTable {
  csv: string;
  /** Values by row in definition order, NaN where missing. */
  rows: number[][];
}

/** Made of a definition alone: the same for the same seed. */
export function madeUpTable({ columns, target, dataset }: Definition, seed: number): MadeUpTable {
  const random = createRandom(seed);
  const oneOf = <T>(list: readonly T[]): T => list[random.below(list.length)]!;
  const spellings = ([0, 1] as const).map((label) =>
    Object.keys(target.labels).filter((spelling) => target.labels[spelling] === label),
  );
  const written = (value: number) => (Number.isNaN(value) ? oneOf([...MISSING, ...dataset.missing]) : String(value));
  const rows: number[][] = [];
  const lines = [[...columns.map(({ source }) => source), target.source, 'Name'].map(quoted)];
  for (let i = 0; i < ROWS; i++) {
    const label = i % 2;
    const values = columns.map(({ range: [low, high], impute }) =>
      impute !== 'none' && random.below(4) === 0
        ? NaN
        : Math.min(high, Math.max(low, low + (high - low) * (0.3 * label + 0.7 * random.float()))),
    );
    rows.push(values);
    lines.push([...values.map(written), oneOf(spellings[label]!), `person ${i}`].map(quoted));
  }
  return { csv: `${lines.map((fields) => fields.join(',')).join('\n')}\n`, rows };
}

/** In quotes, as RFC 4180 has it. */
const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;
