import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/ml/random.js';
import { makeDirectory } from '../../support/temp.js';
import { guessColours, hits, learnAbout, type Loot, lootOf, membersByValue, rebuild } from './attacks.js';
import { type Row, type Run, runOver } from './published.js';

/** People like those of the anemia data: colours of four decimals that add up to 100, and a haemoglobin that tells the class. */
function people(count: number, seed: number): Row[] {
  const random = createRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
  return Array.from({ length: count }, (): Row => {
    const label = random.float() < 0.3 ? 1 : 0;
    const r = Number((45 - 2 * label + 2 * normal()).toFixed(4));
    const g = Number((29 + label + 1.5 * normal()).toFixed(4));
    const hb = Number((12.5 - 3 * label + 1.2 * normal()).toFixed(1));
    return { values: [r, g, Number((100 - r - g).toFixed(4)), hb], label };
  });
}

const ROWS = people(104, 1);
/** Drawn as they were, and never trained on. */
const STRANGERS = people(104, 2);
const WINDOW = people(60, 3);
/** Four of every five rows are trained on. */
const TRAINED = 83;
/** What an attacker without the key takes for it. */
const NO_KEY = new Uint8Array(32);

let directory: string;
let run: Run;
let outside: Loot;
let inside: Loot;

beforeAll(async () => {
  directory = await makeDirectory();
  run = await runOver(join(directory, 'home'), ROWS, WINDOW, [
    'candidates=[{"kind":"gradient-boosting"},{"kind":"cart"}]',
    'calibration=isotonic',
  ]);
  outside = lootOf(run.leaves.values());
  inside = lootOf([run.stays.reference, run.stays.trainingRows]);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('the rebuild of training rows', () => {
  it('succeeds from what stays and its key: all of them', () => {
    expect(hits(rebuild(inside, run.stays.key), ROWS)).toBe(TRAINED);
  });

  it('gains colours from the reference alone, but confirms no row without the key', () => {
    expect(guessColours(inside).length).toBeGreaterThanOrEqual(ROWS.length);
    expect(rebuild(inside, NO_KEY)).toEqual([]);
  });

  it('gains nothing from what leaves, even with the key', () => {
    for (const key of [NO_KEY, run.stays.key]) expect(rebuild(outside, key)).toEqual([]);
    const colours = guessColours(outside).map((values): Row => ({ values, label: 0 }));
    const known = ROWS.map(({ values }): Row => ({ values: values.slice(0, 3), label: 0 }));
    expect(hits(colours, known)).toBe(0);
  });
});

describe('what is learned about 20 of 30 people whose colours are known', () => {
  let small: Run;
  const thirty = ROWS.slice(0, 30);
  const known = thirty.slice(0, 20);
  const colours = known.map(({ values }) => values.slice(0, 3));
  beforeAll(async () => {
    small = await runOver(join(directory, 'small'), thirty, WINDOW.slice(0, 20));
  });

  it('from what stays and its key is haemoglobin and class of all who were trained on', () => {
    const found = learnAbout(lootOf([small.stays.trainingRows]), colours, small.stays.key);
    expect(found.length).toBeGreaterThanOrEqual(14); // the others are in the hold-out
    expect(hits(found, known)).toBe(found.length);
  });

  it('from what stays is nothing without the key, and from what leaves nothing at all', () => {
    const loot = lootOf(small.leaves.values());
    expect(learnAbout(lootOf([small.stays.trainingRows]), colours, NO_KEY)).toEqual([]);
    for (const key of [NO_KEY, small.stays.key]) expect(learnAbout(loot, colours, key)).toEqual([]);
    expect(hits(rebuild(loot, small.stays.key), thirty)).toBe(0);
  });
});

describe('whether somebody was trained on', () => {
  /** Share of members who are called so, less the share of strangers who are. */
  const advantage = (loot: Loot, members = ROWS) =>
    membersByValue(loot, members).length / members.length - membersByValue(loot, STRANGERS).length / STRANGERS.length;

  it('follows from the exact values of the reference', () => {
    expect(advantage(inside)).toBeGreaterThan(0.95);
  });

  it('does not follow from what leaves, nor whether somebody asked the model in a window', () => {
    const documents = lootOf([...run.leaves].filter(([place]) => !place.endsWith('.html')).map(([, bytes]) => bytes));
    expect(membersByValue(documents, [...ROWS, ...WINDOW])).toEqual([]);
    // Pictures are full of numbers, a few of which are somebody's by chance.
    expect(advantage(outside)).toBeLessThan(0.05);
    expect(advantage(outside, WINDOW)).toBeLessThan(0.05);
  });
});

describe('what leaves', () => {
  it('holds no row: requests of smoke tests and the example for MLflow are synthetic', () => {
    const version = JSON.parse(Buffer.from(run.leaves.get('MLflow/version.json')!).toString()) as {
      golden: { event: Record<string, number> }[];
    };
    const example = JSON.parse(Buffer.from(run.leaves.get('MLflow/model/input_example.json')!).toString()) as {
      data: number[][];
    };
    const reported = [...version.golden.map(({ event }) => Object.values(event)), ...example.data];
    expect(reported.length).toBeGreaterThan(3);
    const asRows = reported.flatMap((values) => ([0, 1] as const).map((label): Row => ({ values, label })));
    expect(hits(asRows, [...ROWS, ...WINDOW])).toBe(0);
  });

  it('does not have the key, the fingerprints or the reference anywhere', () => {
    const { key, trainingRows, reference } = run.stays;
    for (const [place, bytes] of run.leaves)
      for (const secret of [key, trainingRows.subarray(8, 32), reference.subarray(0, 64)]) {
        const text = Buffer.from(bytes);
        for (const form of ['latin1', 'hex', 'base64'] as const)
          expect(
            text.includes(Buffer.from(secret).toString(form), 0, form === 'latin1' ? 'latin1' : 'utf8'),
            place,
          ).toBe(false);
      }
  });

  it('is what docs/privacy.md lists, no more and no less', async () => {
    const text = await readFile('docs/privacy.md', 'utf8');
    const listed = [...text.matchAll(/^\| (zip|MLflow|Evidently) +\| `([^`]+)`/gm)].map(
      ([, where, file]) => `${where}/${file}`,
    );
    const gathered = [...run.leaves.keys()].filter((place) => !place.startsWith('history/'));
    expect([...gathered, 'MLflow/search/trials.json'].sort()).toEqual(listed.sort()); // only where options are searched
  });

  it('has a model that does not depend on the key', async () => {
    const again = await runOver(join(directory, 'other-home'), ROWS, WINDOW, [
      'candidates=[{"kind":"gradient-boosting"},{"kind":"cart"}]',
      'calibration=isotonic',
    ]);
    expect(again.stays.key).not.toEqual(run.stays.key);
    expect(again.stays.trainingRows).not.toEqual(run.stays.trainingRows);
    expect(again.leaves.get('zip/model.json')).toEqual(run.leaves.get('zip/model.json'));
  });
});
