import type { CandidateDefinition, OptionSearch } from '../contracts/definition.js';
import { createRandom, type Random } from '../ml/random.js';
import type { OptionRange, SearchSpec } from './search-schema.js';

/** Numbers drawn from a range are rounded to this, so that people can read and repeat them. */
const SIGNIFICANT_DIGITS = 4;

/** Trials that were drawn already are drawn anew, until this many draws were made for each that is wanted. */
const DRAWS_PER_TRIAL = 50;

type Options = Record<string, unknown>;

/** Trials that a search asks for; fewer come of it where combinations repeat. */
export const trialsAsked = (spec: SearchSpec): number =>
  spec.method === 'random'
    ? spec.trials
    : Object.values(spec.options).reduce((product, values) => product * distinct(values).length, 1);

/**
 * Writes out the trials of a search: the same for the same seed, name, options and specification. A grid's last option changes
 * fastest; random trials come in the order they were drawn.
 * @param options complete: what the trials have where the search names nothing
 * @param seed of the definition; every candidate draws from a stream of its own
 */
export function expandSearch(
  { name, options }: Pick<CandidateDefinition, 'name' | 'options'>,
  spec: SearchSpec,
  seed: number,
): OptionSearch<Options> {
  const drawn = spec.method === 'grid' ? combinations(spec.options) : draws(spec, streamOf(name, seed));
  return { method: spec.method, trials: drawn.map((trial) => ({ ...options, ...trial })) };
}

const streamOf = (name: string, seed: number): Random =>
  createRandom(seed, ...Array.from(name, (letter) => letter.codePointAt(0)!));

const combinations = (options: Record<string, unknown[]>): Options[] =>
  Object.entries(options).reduce<Options[]>(
    (trials, [name, values]) =>
      trials.flatMap((trial) => distinct(values).map((value) => ({ ...trial, [name]: value }))),
    [{}],
  );

function draws({ trials, options }: Extract<SearchSpec, { method: 'random' }>, random: Random): Options[] {
  const found = new Map<string, Options>();
  for (let draw = 0; draw < trials * DRAWS_PER_TRIAL && found.size < trials; draw++) {
    const trial = Object.fromEntries(
      Object.entries(options).map(([name, tried]) => [
        name,
        Array.isArray(tried) ? tried[random.below(tried.length)] : drawnFrom(tried, random),
      ]),
    );
    const key = JSON.stringify(trial);
    if (!found.has(key)) found.set(key, trial);
  }
  return [...found.values()];
}

/** Every whole number of a linear range is as likely as any other; on the log scale, every ratio. */
function drawnFrom({ low, high, scale, whole }: OptionRange, random: Random): number {
  const [from, to] = whole ? [low, high + 1] : [low, high];
  const share = random.float();
  const value = scale === 'log' ? from * (to / from) ** share : from + share * (to - from);
  const rounded = whole ? Math.floor(value) : Number(value.toPrecision(SIGNIFICANT_DIGITS));
  return Math.min(Math.max(rounded, low), high);
}

const distinct = (values: unknown[]): unknown[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];
