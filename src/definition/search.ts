import { z } from 'zod';
import type { CandidateDefinition, OptionSearch } from '../contracts/definition.js';
import { createRandom, type Random } from '../ml/random.js';

/** Whole or real numbers between two limits, both of which may be drawn. */
interface OptionRange {
  low: number;
  high: number;
  scale: 'linear' | 'log';
  /** Draws whole numbers only, because the option is one. */
  whole: boolean;
}

/** What a definition says of a search; {@link expandSearch} makes trials of it. Options that are not named keep their value. */
export type SearchSpec =
  | { method: 'grid'; options: Record<string, unknown[]> }
  | { method: 'random'; trials: number; options: Record<string, unknown[] | OptionRange> };

/** Most trials of one candidate, whatever `search.maxTrials` says. */
export const MOST_TRIALS = 500;

const listOf = (value: z.ZodType) => z.array(value).min(1);

/** Both limits are held to the option's own. */
const rangeOf = (value: z.ZodNumber) =>
  z
    .strictObject({ low: value, high: value, scale: z.enum(['linear', 'log']).default('linear') })
    .refine(({ low, high }) => low < high, { path: ['high'], message: 'must be above low', abort: true })
    .refine(({ low, scale }) => scale === 'linear' || low > 0, {
      path: ['low'],
      message: 'must be above 0 on the log scale; raise it or use scale "linear"',
    })
    .transform((range): OptionRange => ({ ...range, whole: value.format === 'safeint' }));

const listOrRangeOf = (value: z.ZodType) =>
  value instanceof z.ZodNumber
    ? z.union([listOf(value), rangeOf(value)], {
        error: 'a list of values belongs there, or a range like {"low": 1, "high": 5}',
      })
    : listOf(value);

type OptionsShape = Record<string, z.ZodDefault<z.ZodType>>;

/** Any of the options of a kind, at least one, each with what may be tried for it. */
function optionsTried<T extends z.ZodType>(shape: OptionsShape, tried: (value: z.ZodType) => T) {
  const values = Object.entries(shape).map(([name, option]) => [name, tried(option.unwrap()).optional()]);
  return z
    .strictObject(Object.fromEntries(values) as Record<string, z.ZodOptional<T>>)
    .refine((options) => Object.keys(options).length > 0, 'must name at least one option to try')
    .transform((options) => options as Record<string, z.output<T>>); // what is not named is not there
}

/** The `search` of a candidate: values and limits are checked by the schema of each option. */
export const searchOf = (shape: OptionsShape) =>
  z.discriminatedUnion('method', [
    z.strictObject({ method: z.literal('grid'), options: optionsTried(shape, listOf) }),
    z.strictObject({
      method: z.literal('random'),
      trials: z.number().int().min(2).max(MOST_TRIALS),
      options: optionsTried(shape, listOrRangeOf),
    }),
  ]);

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
