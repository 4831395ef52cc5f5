import type { ConfusionMatrix, Estimate, MetricTable } from '../../../contracts/values.js';

/** What MLflow takes of a key and of the values of parameters and tags (mlflow/utils/validation.py of 3.17), in characters. */
const LIMITS = { key: 250, param: 6000, tag: 5000 };

/** One value of a metric; `step` is the fold where there are folds, else 0. */
export interface Point {
  key: string;
  value: number;
  step: number;
}

/** A run as it is to be, before it is written. */
export interface RunContent {
  /** Names the run in every try, so that it is made once. */
  key: string;
  /** For people. */
  name: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  tags: Record<string, string>;
  params: Record<string, string>;
  points: Point[];
}

/** A file of a run: its path below the run's artifacts and what is in it. */
export interface RunFile {
  path: string;
  text: string;
}

/** A name that MLflow takes as a key: letters, digits and `_ - . /`, without empty or relative parts. */
export const keyOf = (name: string): string =>
  name
    .replace(/[^\w.\-/]/g, '_')
    .split('/')
    .filter((part) => !/^\.*$/.test(part))
    .join('/')
    .slice(0, LIMITS.key);

/** Tags as MLflow takes them; what has no value is left out. */
export const tagsOf = (tags: Record<string, string | null>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) =>
      value === null || value === '' ? [] : [[keyOf(key), shortened(value, LIMITS.tag)]],
    ),
  );

/**
 * Settings as parameters: objects by their path with dots, lists of plain values with commas between, lists of objects
 * as JSON.
 */
export function paramsOf(settings: object, path = ''): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(settings) as [string, unknown][]) {
    const key = path === '' ? name : `${path}.${name}`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      Object.assign(params, paramsOf(value, key));
    else params[keyOf(key)] = shortened(textOf(value), LIMITS.param);
  }
  return params;
}

const textOf = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Array.isArray(value) && value.every((item) => typeof item !== 'object')
      ? value.join(', ')
      : JSON.stringify(value);

const shortened = (text: string, limit: number) => (text.length <= limit ? text : `${text.slice(0, limit - 3)}...`);

/** One value, nothing where it is undefined. What stands before the last slash is a section on MLflow's pages. */
export const pointOf = (key: string, value: number | null, step = 0): Point[] =>
  value === null ? [] : [{ key: keyOf(key), value, step }];

/** A value under `<section><name>` and its interval under `<section>interval/<name>.low` and `.high`. */
export const estimatePoints = (section: string, name: string, { value, low, high }: Estimate): Point[] => [
  ...pointOf(`${section}${name}`, value),
  ...pointOf(`${section}interval/${name}.low`, low),
  ...pointOf(`${section}interval/${name}.high`, high),
];

/** Every metric of a table. @param section `''`, or ending with a slash */
export const tablePoints = (section: string, metrics: Partial<MetricTable>): Point[] =>
  Object.entries(metrics).flatMap(([name, estimate]) => estimatePoints(section, name, estimate));

/** The four counts of a confusion matrix. @param section `''`, or ending with a slash */
export const confusionPoints = (section: string, confusion: ConfusionMatrix): Point[] =>
  Object.entries(confusion).flatMap(([name, count]) => pointOf(`${section}confusion/${name}`, count));
