import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { z } from 'zod';
import type { Definition } from '../contracts/definition.js';
import { PipelineFailure } from '../contracts/failures.js';
import { jsonFault, type JsonFaultKind } from '../contracts/json-fault.js';
import { addressFault, hasScheme, holdsCredentials } from './table-schema.js';
import { deployment } from './deployment-schema.js';
import { describeIssue } from './issues.js';
import { definitionSchema } from './schema.js';

/**
 * Reads, overrides and checks a definition file.
 *
 * @param overrides `key.path=value` settings (see `parseOverride`), values parsed as JSON where that is possible
 * @param dataset replaces `dataset.uri`
 * @throws DefinitionInvalid naming the file, the key and the remedy
 */
export async function loadDefinition(path: string, overrides: string[] = [], dataset?: string): Promise<Definition> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw invalid(path, 'cannot be read: give --definition the path of a JSON file, like pipelines/anemia.json', error);
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw invalid(path, notJson(text), error);
  }
  for (const override of overrides) applyOverride(raw, override);
  if (dataset !== undefined) applyOverride(raw, `dataset.uri=${JSON.stringify(dataset)}`);
  return parseDefinition(raw, path);
}

/** Checks a definition and fills in every default; unknown keys are refused with the nearest known name. */
export function parseDefinition(raw: unknown, place: string): Definition {
  const parsed = definitionSchema().safeParse(raw, { reportInput: true });
  if (!parsed.success) throw invalid(place, describeIssue(parsed.error.issues[0] as z.core.$ZodIssue, raw));
  const { dataset, ...rest } = parsed.data;
  if (holdsCredentials(dataset.uri))
    throw invalid(
      place,
      'has a user name, password or token in "dataset.uri", which would be kept in histories: fetch the file first, or use an address without them',
    );
  const uri = absoluteUri(dataset.uri);
  const fault = addressFault(dataset.uri) ?? addressFault(uri);
  if (fault !== null) throw invalid(place, `has a value at "dataset.uri" that does not fit: it ${fault}`);
  return { ...rest, dataset: { ...dataset, uri } };
}

/** A deployment as it is when a definition says nothing of it. */
export const DEFAULT_DEPLOYMENT = deployment.parse(undefined);

/** SHA-256 of the parts that decide what is learned: the same for two definitions that give the same model. */
export function learningDigest(definition: Definition): string {
  const { model, columns, target, split, validation, candidates, search, calibration, threshold, selection } =
    definition;
  const parts = { model, columns, target, split, validation, candidates, search, calibration, threshold, selection };
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function applyOverride(raw: unknown, override: string): void {
  const parsed = parseOverride(override);
  if (parsed === null)
    throw invalid(
      `--set ${override}`,
      'is not of the form key=value, like gate.minimum.rocAuc=0.9; a key with a dot is written in quotes, like target.labels["1.0"]=1',
    );
  if (!setAt(raw, parsed.keys, parsed.value))
    throw invalid(
      `--set ${override}`,
      'does not name a key of the definition: name those of objects, and items of a list by number, like columns[0].range, the next one at most',
    );
}

/** Local paths become `file:` URIs, since a worker may run in another directory. */
function absoluteUri(uri: string): string {
  return hasScheme(uri) ? uri : pathToFileURL(resolve(uri)).href;
}

/** Behind the line: what is there, and what to do about it. */
const NOT_JSON: Record<JsonFaultKind, string> = {
  'no-number': 'JSON knows no NaN and no Infinity',
  'other-word': 'JSON writes null, true and false',
  quotes: 'JSON encloses names and texts in double quotes (")',
  number: 'JSON writes numbers like -0.5 or 1e3',
  comma: 'take out the comma that no value follows',
  comment: 'JSON has no comments, so take it out',
  more: 'the object ends before it, so take out what follows',
  cut: 'the file ends before the bracket or quote is closed',
  other: 'a definition is one object in JSON, like pipelines/anemia.json',
};

/** The rest of a sentence about a file whose text is no JSON; nothing of it is repeated. */
function notJson(text: string): string {
  if (text.trim() === '') return 'is empty: a definition is one object in JSON, like pipelines/anemia.json';
  const { kind, at } = jsonFault(text);
  return `is not JSON in line ${text.slice(0, at).split('\n').length}: ${NOT_JSON[kind]}`;
}

const invalid = (place: string, problem: string, cause?: unknown) =>
  new PipelineFailure('DefinitionInvalid', `${place} ${problem}.`, { cause });

/** One `--set`: the keys from the outside in, and the text behind the equals sign. */
interface Override {
  keys: string[];
  value: string;
}

/** A key in brackets, in quotes or a number; or a plain one, where a backslash takes the next character as it is. */
const KEY = /\[\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\d+))\s*\]|((?:[^.[\]=\\]|\\.)+)/y;

/**
 * Reads `key.path=value`. A key that holds a dot, a bracket or an equals sign is written in brackets and quotes,
 * `target.labels["1.0"]=1`, or with a backslash before the sign, `target.labels.1\.0=1`; `candidates[1]` is
 * `candidates.1`.
 * @returns `null` when the text has another form
 */
export function parseOverride(text: string): Override | null {
  const keys: string[] = [];
  let at = 0;
  for (;;) {
    KEY.lastIndex = at;
    const match = KEY.exec(text);
    if (match === null) return null;
    const [whole, double, single, index, plain] = match;
    if (plain !== undefined && keys.length > 0 && text[at - 1] !== '.') return null;
    keys.push((double ?? single ?? index ?? plain)!.replace(/\\(.)/g, '$1'));
    at += whole.length;
    const sign = text[at];
    if (sign === '=') return { keys, value: text.slice(at + 1) };
    if (sign === '.') at += 1;
    else if (sign !== '[') return null;
  }
}

/**
 * Sets a value in a parsed definition, making the objects on the way that are missing. Only a definition's own keys are
 * walked: nothing that all objects inherit is reached, and a list grows by one at most.
 * @param text JSON, or else a string as it is
 * @returns false, with nothing changed, when the keys name no place in it
 */
export function setAt(raw: unknown, keys: string[], text: string): boolean {
  let parent = raw;
  let value: unknown = jsonOrText(text);
  for (const [depth, key] of keys.entries()) {
    if (!isContainer(parent) || !isOwnPlace(parent, key)) return false;
    const rest = keys.slice(depth + 1);
    if (rest.length > 0 && Object.hasOwn(parent, key)) {
      parent = parent[key];
      continue;
    }
    if (rest.some((name) => name in Object.prototype)) return false;
    for (const name of rest.reverse()) value = { [name]: value };
    parent[key] = value;
    return true;
  }
  return false;
}

const isContainer = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Of a list its items and the place behind them, by numbers as JavaScript writes them; of an object what is its own, or could be without being inherited. */
const isOwnPlace = (parent: object, key: string): boolean =>
  Array.isArray(parent)
    ? /^(?:0|[1-9]\d{0,5})$/.test(key) && Number(key) <= parent.length
    : key !== '__proto__' && (Object.hasOwn(parent, key) || !(key in Object.prototype));

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text; // a bare word is a string
  }
}
