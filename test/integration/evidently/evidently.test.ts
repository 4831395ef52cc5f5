import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ColumnDrift } from '../../../src/contracts/monitoring.js';
import { EXACT_UP_TO_ROWS } from '../../../src/contracts/reference.js';
import { buildReference } from '../../../src/ml/drift/build-reference.js';
import { compareWindow } from '../../../src/ml/drift/compare-window.js';
import { makeDirectory } from '../../support/temp.js';
import { type Frame, frameOf, type Side } from './evidently-frames.js';
import { serviceProgram } from '../services.js';

const FRAMES = 230;
/** Frames that go through the whole preset, which draws pictures too. */
const PRESET_EVERY = 20;

const TESTS: Record<string, string> = {
  'K-S p_value': 'ks',
  'chi-square p_value': 'chi-square',
  'Z-test p_value': 'z',
  'Wasserstein distance (normed)': 'wasserstein',
  'Jensen-Shannon distance': 'jensen-shannon',
};

/** What Evidently found in a column; an error where it has no value left. `null` stands for its NaN. */
interface Found {
  error?: string;
  test: string;
  value: number | null;
  threshold: number;
  drifted: boolean;
  psi: number | null;
}

interface Compared {
  place: string;
  exact: boolean;
  ours: ColumnDrift;
  psi: number | null;
  evidently: Found;
}

/** Exact references: within 1e-6. Sketches: 1e-3 of the value, or 1e-6. */
const tolerance = ({ exact }: Compared, value: number): number =>
  exact ? 1e-6 : Math.max(1e-3 * Math.abs(value), 1e-6);

async function writeSide(directory: string, name: string, { features, scores, predictions }: Side) {
  const files: Record<string, string> = {};
  for (const [column, values] of [...features, ['score', scores] as const, ['prediction', predictions] as const]) {
    files[column] = `${name}-${column}.bin`;
    await writeFile(join(directory, files[column]), values);
  }
  return files;
}

async function askEvidently(directory: string): Promise<{ columns: Record<string, Found>; share: number | null }[]> {
  const frames = [];
  for (let index = 0; index < FRAMES; index++) {
    const { reference, current } = frameOf(index);
    frames.push({
      reference: await writeSide(directory, `${index}-reference`, reference),
      current: await writeSide(directory, `${index}-current`, current),
      preset: isPreset(index),
    });
  }
  await writeFile(join(directory, 'frames.json'), JSON.stringify(frames));
  const program = serviceProgram('aws');
  const python = join(dirname(program), `python${extname(program)}`);
  const script = join(import.meta.dirname, 'evidently_frames.py');
  const env = { ...process.env, DO_NOT_TRACK: '1', OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  await promisify(execFile)(python, [script, directory], { env });
  return JSON.parse(await readFile(join(directory, 'found.json'), 'utf8')) as Awaited<ReturnType<typeof askEvidently>>;
}

/** Evidently refuses a frame with an empty column as a whole. */
const isPreset = (index: number): boolean =>
  index % PRESET_EVERY === 0 && [...frameOf(index).current.features.values()].every((v) => v.some(Number.isFinite));

const profileOf = ({ reference: { features, scores, predictions } }: Frame) =>
  buildReference({
    ...{ scores, predictions, labels: predictions },
    features: [...features].map(([name, values]) => ({ name, values })),
  });

describe('drift tests beside Evidently, on the same frames', () => {
  const compared: Compared[] = [];
  const shares: { ours: number; evidently: number }[] = [];

  beforeAll(async () => {
    const directory = await makeDirectory();
    const found = await askEvidently(directory).finally(() => rm(directory, { recursive: true, force: true }));
    found.forEach(({ columns, share }, index) => {
      const frame = frameOf(index);
      const ours = compareWindow(profileOf(frame), frame.current, { minimumEffect: 0.1 });
      for (const column of ours) {
        compared.push({
          place: `frame ${index}, ${column.column}, ${column.reference.rows} against ${column.current.rows} rows`,
          exact: column.kind === 'categorical' || column.reference.rows <= EXACT_UP_TO_ROWS,
          ours: column,
          psi: column.stability?.value ?? null,
          evidently: columns[column.column]!,
        });
      }
      const drifted = ours.filter(({ test }) => test?.drifted === true).length;
      if (share !== null) shares.push({ ours: drifted / ours.length, evidently: share });
    });
  }, 240_000);

  it('covers every default test, exact references and sketches', () => {
    const seen = new Set(
      compared.flatMap(({ ours, exact }) => (ours.test === null ? [] : `${ours.test.name} ${exact}`)),
    );
    expect(compared.length).toBeGreaterThan(4 * FRAMES - FRAMES / 4);
    expect([...seen].sort()).toEqual([
      ...['chi-square true', 'jensen-shannon false', 'jensen-shannon true', 'ks true'],
      ...['wasserstein false', 'wasserstein true', 'z true'],
    ]);
  });

  it('covers exact and asymptotic p-values of Kolmogorov-Smirnov', () => {
    const larger = compared.flatMap(({ ours: { test, reference, current } }) =>
      test?.name === 'ks' ? Math.max(reference.rows, current.rows) : [],
    );
    expect(larger.filter((rows) => rows > 10_000).length).toBeGreaterThan(FRAMES / 50);
    expect(larger.filter((rows) => rows <= 10_000).length).toBeGreaterThan(FRAMES / 4);
  });

  it('says nothing where Evidently refuses a column without a value, and only there', () => {
    const silent = compared.filter(({ ours }) => ours.test === null);
    expect(silent.length).toBeGreaterThan(0);
    expect(compared.filter(({ evidently }) => evidently.error !== undefined)).toEqual(silent);
    for (const { evidently } of silent) expect(evidently.error).toContain('An empty column');
  });

  const tested = () =>
    compared.flatMap((column) => (column.ours.test === null ? [] : { ...column, test: column.ours.test }));

  it('chooses the same test with the same threshold', () => {
    for (const { place, test, evidently } of tested()) {
      expect({ place, test: test.name, threshold: test.threshold }).toEqual({
        ...{ place, test: TESTS[evidently.test], threshold: evidently.threshold },
      });
    }
  });

  it('computes the same value', () => {
    const far = tested().filter((column) => {
      // Evidently's root of a rounding error below 0, for equal shares.
      const value = column.evidently.value ?? 0;
      return Math.abs(column.test.value - value) > tolerance(column, value);
    });
    expect(far.map(({ place, test, evidently }) => ({ place, ours: test.value, evidently }))).toEqual([]);
  });

  it('gives the same verdict', () => {
    const other = tested().filter(({ test, evidently }) => test.drifted !== evidently.drifted);
    expect(other.map(({ place, test, evidently }) => ({ place, test, evidently }))).toEqual([]);
    expect(tested().filter(({ test }) => test.drifted).length).toBeGreaterThan(FRAMES / 2);
    expect(tested().filter(({ test }) => !test.drifted).length).toBeGreaterThan(FRAMES / 2);
  });

  it('computes the same population stability index', () => {
    const far = compared.filter((column) => {
      if (column.psi === null) return column.evidently.psi !== null;
      return !(Math.abs(column.psi - (column.evidently.psi ?? NaN)) <= tolerance(column, column.evidently.psi ?? NaN));
    });
    expect(far.map(({ place, psi, evidently }) => ({ place, psi, evidently: evidently.psi }))).toEqual([]);
  });

  it('counts the same share of drifted columns as the whole preset', () => {
    expect(shares.length).toBeGreaterThan(FRAMES / PRESET_EVERY / 2);
    for (const { ours, evidently } of shares) expect(ours).toBeCloseTo(evidently, 12);
  });
});
