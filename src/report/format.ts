import type { MetricName } from '../contracts/vocabulary.js';
import type { Difference, Estimate, TimeWindow } from '../contracts/values.js';
import { minuteText } from '../contracts/text.js';

/** Stands for what is not known or not defined. */
export const NOTHING = '–';

const SIGNIFICANT = 4;
/** p-values below are said to be below it. */
const SMALLEST_P = 0.0001;

/** Metrics by the names that people know. */
const METRIC_LABELS: Record<MetricName, string> = {
  rocAuc: 'ROC AUC',
  averagePrecision: 'average precision',
  accuracy: 'accuracy',
  balancedAccuracy: 'balanced accuracy',
  recall: 'recall',
  precision: 'precision',
  f1: 'F1',
  specificity: 'specificity',
  brier: 'Brier score',
  logLoss: 'log loss',
};

/** The label of a metric, or the name as it is where it is none of ours. */
export const metricLabel = (name: string): string => (METRIC_LABELS as Record<string, string>)[name] ?? name;

/** A whole number with thin spaces between thousands. */
export const count = (value: number): string => grouped(String(Math.round(value)));

/** `1 row`, `2 rows`. */
export const counted = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** Four significant digits, without trailing zeros. */
export function measure(value: number | null): string {
  if (value === null) return NOTHING;
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e9)) return value.toExponential(2).replace('-', '−');
  if (size >= 1000) return signed(grouped(value.toFixed(size >= 10_000 ? 0 : 1).replace(/\.0$/, '')));
  return signed(String(Number(value.toPrecision(SIGNIFICANT))));
}

/** A share of one, or a distance: three decimals. */
export const ratio = (value: number | null): string => (value === null ? NOTHING : signed(value.toFixed(3)));

/** A difference of shares with its sign, but for what is zero to three decimals: `+0.012`. */
export function gain(value: number): string {
  const text = ratio(value);
  if (Number(value.toFixed(3)) === 0) return ratio(0);
  return value > 0 ? `+${text}` : text;
}

/** A share of one in per cent: whole numbers from ten on, else one decimal. */
export function percent(share: number | null): string {
  if (share === null) return NOTHING;
  const value = share * 100;
  return `${signed(String(Number(value.toFixed(Math.abs(value) >= 9.95 ? 0 : 1))))} %`;
}

/** What the interval of a difference allows to say of A: better or worse when it lies on one side of zero. */
export const verdictOf = ({ low, high }: Difference): 'better' | 'worse' | 'no clear difference' =>
  low > 0 ? 'better' : high < 0 ? 'worse' : 'no clear difference';

/** A p-value: `0.032`, `< 0.0001`. */
export const pValue = (p: number): string =>
  p < SMALLEST_P ? `< ${SMALLEST_P}` : p < 0.001 ? p.toFixed(4) : p.toFixed(3);

/** The interval of an estimate, `0.912 to 0.967`, empty where there is none. */
export const interval = ({ low, high }: Estimate): string =>
  low === null || high === null ? '' : `${ratio(low)} to ${ratio(high)}`;

/** An estimate in running text: `0.941 (0.912 to 0.967)`. */
export const estimate = (value: Estimate): string => {
  const around = interval(value);
  return around === '' ? ratio(value.value) : `${ratio(value.value)} (${around})`;
};

/** `2026-03-02 14:00 UTC`; the text as it is where it is no time. */
export function time(iso: string): string {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? iso : `${minuteText(new Date(at).toISOString())} UTC`;
}

/** `2026-03-02 14:00 to 15:00 UTC`. */
export function period({ from, to }: TimeWindow): string {
  const [begin, end] = [time(from), time(to)];
  const sameDay = begin.slice(0, 10) === end.slice(0, 10);
  return `${begin.replace(' UTC', '')} to ${sameDay ? end.slice(11) : end}`;
}

/** `90 minutes`, `6 hours`, `2 days`: the largest unit that divides. */
export function duration(minutes: number): string {
  if (minutes > 0 && minutes % 1440 === 0) return counted(minutes / 1440, 'day');
  if (minutes > 0 && minutes % 60 === 0) return counted(minutes / 60, 'hour');
  return counted(minutes, 'minute');
}

/** `every hour`, `every 30 days`. */
export const every = (minutes: number): string => `every ${duration(minutes).replace(/^1 /, '')}`;

/** `a`, `a and b`, `a, b and c`; after `most` names the number of the others. */
export function listed(names: readonly string[], most = 6): string {
  const shown = names.length > most ? [...names.slice(0, most), `${count(names.length - most)} more`] : [...names];
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)!}`;
}

/** The first letter in upper case, for the beginning of a sentence. */
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const grouped = (digits: string) => {
  const [whole, fraction] = digits.split('.');
  const spaced = whole!.replace(/\B(?=(\d{3})+$)/g, '\u202f');
  return fraction === undefined ? spaced : `${spaced}.${fraction}`;
};

const signed = (text: string) => text.replace(/^-/, '−');
