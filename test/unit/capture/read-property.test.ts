import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linesOf, memorySource, MODEL, OTHER_SHA256, readAll, SHA256, WINDOW } from './lines.js';
import { partitionOf } from '../../../src/capture/partitions.js';

const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: 0, max: 1_000_000 }).map((i) => i / 10_000),
  fc.constant(NaN),
);
const request = fc.record({
  time: fc
    .integer({ min: Date.parse(WINDOW.from) - 7_200_000, max: Date.parse(WINDOW.to) + 7_200_000 })
    .map((time) => new Date(time).toISOString()),
  rows: fc.array(
    fc.record({ inputs: fc.tuple(value, value, value), score: fc.double({ min: 0, max: 1, noNaN: true }) }),
    {
      minLength: 1,
      maxLength: 5,
    },
  ),
  sha256: fc.constantFrom(SHA256, OTHER_SHA256),
  captureInputs: fc.boolean(),
  /** Which file of its hour it is in, and whether it is delivered again in another. */
  file: fc.integer({ min: 0, max: 2 }),
  again: fc.boolean(),
});

it('reads the same rows, however requests are ordered, split into files and repeated', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(request, { maxLength: 30 }),
      fc.integer({ min: 1, max: 5000 }),
      async (all, chunkBytes) => {
        const files: Record<string, string> = {};
        const expected = { inputs: [] as string[], scores: [] as number[] };
        for (const [i, { time, rows, sha256, captureInputs, file, again }] of all.entries()) {
          const inputs = rows.map((row) => [...row.inputs]);
          const scores = rows.map(({ score }) => score);
          const text = `${linesOf({ id: `id-${i}`, time, inputs, scores, sha256, captureInputs }).join('\n')}\n`;
          for (const part of again ? [file, file + 1] : [file]) {
            const path = `${partitionOf(MODEL, Date.parse(time))}/${part}.jsonl`;
            files[path] = (files[path] ?? '') + text;
          }
          if (sha256 !== SHA256 || time < WINDOW.from || time >= WINDOW.to) continue;
          if (captureInputs) expected.inputs.push(...inputs.map(describe));
          expected.scores.push(...scores);
        }
        const read = await readAll(memorySource(files, chunkBytes));
        expect(read.inputs.map(describe).sort()).toEqual(expected.inputs.sort());
        expect(read.scores.map(String).sort()).toEqual(expected.scores.map(String).sort());
        expect(read.summary.brokenLines).toBe(0);
      },
    ),
    { numRuns: 150 },
  );
});

/** JSON has no negative zero of its own: `JSON.stringify(-0)` is `0`. */
const describe = (inputs: number[]) => inputs.map((number) => String(number)).join(' ');
