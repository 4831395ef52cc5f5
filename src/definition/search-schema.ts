import { z } from 'zod';

/** Whole or real numbers between two limits, both of which may be drawn. */
export interface OptionRange {
  low: number;
  high: number;
  scale: 'linear' | 'log';
  /** Draws whole numbers only, because the option is one. */
  whole: boolean;
}

/** What a definition says of a search; `src/definition/expand-search.ts` makes trials of it. Options that are not named keep their value. */
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
