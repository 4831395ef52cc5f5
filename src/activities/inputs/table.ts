import type { z } from 'zod';

/** A type with every optional part there, so that a schema that leaves one out differs. */
type Whole<T> = T extends (infer U)[] ? Whole<U>[] : T extends object ? { [K in keyof T]-?: Whole<T[K]> } : T;

type Same<A, B> = Whole<A> extends Whole<B> ? (Whole<B> extends Whole<A> ? true : false) : false;

/** Entries whose schema takes less or more than the type of what it checks. */
type Differing<Inputs, Schemas extends { [K in keyof Inputs]: z.ZodType }> = {
  [K in keyof Inputs as Same<Inputs[K], z.output<Schemas[K]>> extends true ? never : K]: 'must take what its type says';
};

/** A schema for each input, which must take exactly what the type of the input says: the compiler refuses others. */
export const schemasFor =
  <Inputs>() =>
  <S extends { [K in keyof Inputs]: z.ZodType<Inputs[K]> }>(schemas: S & Differing<Inputs, S>): S =>
    schemas;

/** What an activity is given, and the stage that it works for: one of a training run's, or what comes after it. */
export interface ActivityInput {
  stage: string;
  input: z.ZodType;
}

/** Stage and schema of each of some activities. The schema must take exactly what the activity does: the compiler refuses others. */
export const inputsOf =
  <A extends { [K in keyof A]: (input: never) => unknown }>() =>
  <S extends { [K in keyof A]: z.ZodType<Parameters<A[K]>[0]> }>(
    inputs: { [K in keyof S]: { stage: string; input: S[K] } } & {
      [K in keyof Differing<{ [K in keyof A]: Parameters<A[K]>[0] }, S>]: 'must take what the activity takes';
    },
  ): { [K in keyof S]: { stage: string; input: S[K] } } =>
    inputs;
