import { isFaultReason, type RequestFault } from '../contracts/requests.js';
import { isModelName } from './partitions.js';

/** What a line of the prediction log says before its rows, or before the faults of a refused request. */
export interface LineHead {
  type: 'prediction' | 'refusal';
  id: string;
  /** Milliseconds since the epoch. */
  time: number;
  /** A request of our own, which is not monitored. */
  own: boolean;
  model: string;
  version: number;
  sha256: string;
  /** Index of the first row within its request, 0 for a refusal. */
  offset: number;
}

/** A whole line of an answered request. */
export interface PredictionLine extends LineHead {
  type: 'prediction';
  /** Rows in the order of `features`, `null` where a value was missing; `null` as a whole when not captured. */
  inputs: { features: string[]; rows: (number | null)[][] } | null;
  predictions: (0 | 1)[];
  scores: number[];
}

/** A whole line of a refused request; `faults` holds at least one. */
export interface RefusalLine extends LineHead {
  type: 'refusal';
  faults: RequestFault[];
}

/** A head is never longer, in characters. */
export const HEAD_CHARACTERS = 640;

/** The layout that our handler writes; a line in any other one is parsed for its head. */
const HEAD =
  /^\{"type":"(prediction|refusal)","id":"([\x20\x21\x23-\x5b\x5d-\x7e]{1,200})","time":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)",("purpose":"[^"\\]{0,40}",)?"model":"([a-z0-9-]{1,63})","version":([1-9]\d{0,14}),"sha256":"([0-9a-f]{64})",(?:"offset":(0|[1-9]\d{0,8}),|"faults":)/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** Reads the head of a line that our handler wrote; `null` for any other text. */
export function readHead(text: string): LineHead | null {
  const match = HEAD.exec(text);
  if (match === null) return null;
  const [, type, id, iso, purpose, model, version, sha256, offset] = match;
  if ((type === 'prediction') !== (offset !== undefined)) return null;
  const time = Date.parse(iso!);
  if (Number.isNaN(time) || !isModelName(model!)) return null;
  return {
    type: type as LineHead['type'],
    id: id!,
    time,
    own: purpose !== undefined,
    model: model!,
    version: Number(version),
    sha256: sha256!,
    offset: Number(offset ?? 0),
  };
}

/** Reads a line of the prediction log in any layout of JSON; `null` when it is none: torn, of another type, lengths that differ, numbers that are none. */
export function parseLine(text: string): PredictionLine | RefusalLine | null {
  const line = parseObject(text);
  const head = line && headIn(line);
  if (!line || !head) return null;
  if (head.type === 'refusal') {
    const { faults } = line;
    return isListOf(faults, isFault) && faults.length > 0 ? { ...head, type: 'refusal', offset: 0, faults } : null;
  }
  const { offset, predictions, scores } = line;
  if (!isCount(offset) || !isListOf(predictions, isClass) || !isListOf(scores, isShare)) return null;
  const inputs = readInputs(line['features'], line['inputs'], scores.length);
  if (inputs === undefined || predictions.length !== scores.length) return null;
  return { ...head, type: 'prediction', offset, inputs, predictions, scores };
}

function headIn(line: Record<string, unknown>): Omit<LineHead, 'offset'> | null {
  const { type, id, time, model, version, sha256, purpose } = line;
  if (type !== 'prediction' && type !== 'refusal') return null;
  const texts = typeof id === 'string' && id !== '' && typeof model === 'string' && isModelName(model);
  if (!texts || typeof sha256 !== 'string' || !SHA256.test(sha256)) return null;
  const at = typeof time === 'string' && TIME.test(time) ? Date.parse(time) : NaN;
  if (Number.isNaN(at) || !isCount(version)) return null;
  return { type, id, time: at, own: purpose !== undefined && purpose !== null, model, version, sha256 };
}

function readInputs(features: unknown, rows: unknown, count: number): PredictionLine['inputs'] | undefined {
  if (features === undefined && rows === undefined) return null;
  if (!isFeatureList(features) || !Array.isArray(rows) || rows.length !== count) return undefined;
  const isRow = (row: unknown): row is (number | null)[] => isListOf(row, isInput) && row.length === features.length;
  return isListOf(rows, isRow) ? { features, rows } : undefined;
}

/** Distinct names, at least one. */
const isFeatureList = (value: unknown): value is string[] =>
  isListOf(value, (name) => typeof name === 'string') && value.length > 0 && new Set(value).size === value.length;

/** The object that a line of JSON holds, `null` for anything else. */
export function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null; // torn or no JSON: the caller counts it
  }
}

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(is);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isClass = (value: unknown): value is 0 | 1 => value === 0 || value === 1;
const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1;
const isFault = (value: unknown): value is RequestFault => {
  const { reason, feature } = (value ?? {}) as Record<string, unknown>;
  return isFaultReason(reason) && (feature === null || typeof feature === 'string');
};
const isInput = (value: unknown): value is number | null => value === null || Number.isFinite(value);
