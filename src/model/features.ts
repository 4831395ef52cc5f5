import type { FieldValue, ModelFeature } from '../contracts/learner.js';
import { FEATURE_NAME, FEATURE_NAME_WORDS, RESERVED_NAMES, UNIT, UNIT_WORDS } from '../contracts/limits.js';
import type { FieldReason } from '../contracts/requests.js';
import { checkList, checkNumber, checkRecord, checkText, refuse } from './checks.js';

/*
 * All that the program asks of a feature of a model beyond its name and place: every other file takes a row's values as
 * numbers, NaN where one is missing. What another type of column answers is said here, and its type in `ModelFeature`.
 */

/**
 * Reads a feature of a model document.
 * @throws PipelineFailure `ModelInvalid`
 */
export function checkFeature(value: unknown, j: number): ModelFeature {
  const path = `features[${j}]`;
  const item = checkRecord(value, path, ['name', 'unit', 'range', 'imputation', 'mean', 'scale']);
  const limits = checkList(item.range, `${path}.range`, 2, 2);
  const min = checkNumber(limits[0], `${path}.range[0]`);
  const max = checkNumber(limits[1], `${path}.range[1]`, min);
  const name = checkText(item.name, `${path}.name`, FEATURE_NAME, FEATURE_NAME_WORDS);
  if (RESERVED_NAMES.has(name)) refuse(`${path}.name`, 'reserved', 'another name');
  return {
    name,
    unit: checkText(item.unit, `${path}.unit`, UNIT, UNIT_WORDS),
    range: [min, max],
    imputation: item.imputation === null ? null : checkNumber(item.imputation, `${path}.imputation`),
    mean: checkNumber(item.mean, `${path}.mean`),
    scale: checkNumber(item.scale, `${path}.scale`, Number.MIN_VALUE),
  };
}

/** Whether a row without a value cannot be scored. */
export const isRequired = ({ imputation }: ModelFeature): boolean => imputation === null;

/** The value, or what stands for a missing one; NaN where that is nothing. */
export const filled = ({ imputation }: ModelFeature, value: number): number =>
  Number.isNaN(value) ? (imputation ?? NaN) : value;

/**
 * The value that a field of a request holds.
 * @param field as JSON has it
 * @param report hears what is wrong with it: the rest of a sentence that begins with the field
 * @returns NaN for a field that is wrong, and for one that says that the value is missing
 */
export function readField(
  feature: ModelFeature,
  field: unknown,
  report: (reason: FieldReason, message: string) => void,
): number {
  const [min, max] = feature.range;
  if (typeof field === 'number' && field >= min && field <= max) return field;
  if (field === null) {
    if (isRequired(feature)) report('missing-value', 'is null, but this feature is required; send a number.');
    return NaN;
  }
  if (typeof field !== 'number') {
    const kind = typeof field === 'string' ? 'text' : Array.isArray(field) ? 'a list' : `of type ${typeof field}`;
    report('not-a-number', `is ${kind}, not a number.`);
  } else if (!Number.isFinite(field)) {
    report('not-a-number', 'is not a finite number.');
  } else {
    report('out-of-range', `is outside ${min} to ${max}${feature.unit === '' ? '' : ` ${feature.unit}`}.`);
  }
  return NaN;
}

/** What {@link readField} reads as this value. */
export const fieldOf = (_: ModelFeature, value: number): FieldValue => (Number.isNaN(value) ? null : value);

/** What to send for the feature, in words. */
export const wantedField = (feature: ModelFeature): string =>
  isRequired(feature) ? 'send a number' : 'send a number, or null when it was not measured';

/** What a caller may know about the feature. */
export const featureCard = (feature: ModelFeature): Record<string, unknown> => ({
  name: feature.name,
  unit: feature.unit,
  range: feature.range,
  required: isRequired(feature),
  imputation: feature.imputation,
});

/** Like `number: hb, 2 to 25 g/dL`. */
export const featureFormat = ({ name, unit, range: [min, max] }: ModelFeature): string =>
  `number: ${name}, ${min} to ${max}${unit === '' ? '' : ` ${unit}`}`;

const within = ({ range: [min, max] }: ModelFeature, value: number): number => Math.min(max, Math.max(min, value));

/** A value such as most rows have. */
export const typicalValue = (feature: ModelFeature): number => within(feature, feature.mean);

/** The field of a typical row, short enough to be typed. */
export const exampleField = (feature: ModelFeature): FieldValue => Number(feature.mean.toPrecision(4));

/** Values at the ends of what is accepted, and in the middle of it. */
export const outerValues = ({
  range: [min, max],
}: ModelFeature): { least: number; greatest: number; middle: number } => ({
  least: min,
  greatest: max,
  middle: min / 2 + max / 2,
});

/** Values at, above and below the threshold of a split. */
export function valuesBeside(feature: ModelFeature, threshold: number): number[] {
  const [min, max] = feature.range;
  return [threshold, (threshold + max) / 2, (threshold + min) / 2].map((value) => within(feature, value));
}

/** One of the numbers that estimators of weighted sums see of a feature: (x - mean) / scale. */
export interface Scaling {
  mean: number;
  scale: number;
}

/** The inputs of weighted sums that the features become, in their order: of a number one. */
export const inputsOf = (features: readonly ModelFeature[]): Scaling[] =>
  features.map(({ mean, scale }) => ({ mean, scale }));

/**
 * The columns of these inputs, before they are scaled.
 * @param columns one per feature, gaps filled
 */
export const inputColumns = (_: readonly ModelFeature[], columns: Float64Array[]): Float64Array[] => columns;

/** Greatest size of each scaled input, over all values that are accepted. */
export const inputReaches = (features: readonly ModelFeature[]): number[] =>
  features.map(({ range, imputation, mean, scale }) =>
    Math.max(...[range[0], range[1], imputation ?? mean].map((x) => Math.abs((x - mean) / scale))),
  );

/** Writes the scaled inputs of the row that starts at `offset`; each of its features has a value. */
export type InputWriter = (x: ArrayLike<number>, offset: number, inputs: Float64Array) => void;

/** How the rows of a model with these features are scaled. */
export const inputWriter =
  (features: readonly ModelFeature[]): InputWriter =>
  (x, offset, inputs) => {
    for (let j = 0; j < features.length; j++) {
      const { mean, scale } = features[j]!;
      inputs[j] = (x[offset + j]! - mean) / scale;
    }
  };
