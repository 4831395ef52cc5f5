import { distance } from 'fastest-levenshtein';
import type { Definition } from '../contracts/definition.js';
import { broken } from './broken.js';

/** Share of a header's letters that may differ for another one to be called its likely spelling. */
const SIMILAR_SHARE = 1 / 3;

/** Headers of the columns and of the target, each once, in definition order. */
export function wantedHeaders(definition: Pick<Definition, 'columns' | 'target'>): string[] {
  return [...new Set([...definition.columns.map((column) => column.source), definition.target.source].map(plain))];
}

/**
 * Position of each wanted header among those of the file; names are compared trimmed, in one Unicode form (NFC).
 * @param place the file
 * @param where what holds the names: `line 1`, `the schema`
 * @throws DataContract for a missing header, naming the most similar one, and for one that is there twice. Nothing is
 * quoted from a first line that looks like data, because that line may be about a person.
 */
export function findHeaders(
  header: readonly string[],
  wanted: readonly string[],
  place: string,
  where: string,
): number[] {
  const found = header.map(plain);
  return wanted.map((name) => {
    const index = found.indexOf(name);
    if (index < 0) throw missing(name, found, wanted, place, where);
    const again = found.indexOf(name, index + 1);
    if (again < 0) return index;
    throw broken(
      place,
      `${where} names the column '${name}' twice, as fields ${index + 1} and ${again + 1}; keep one of them`,
    );
  });
}

function missing(
  name: string,
  found: readonly string[],
  wanted: readonly string[],
  place: string,
  where: string,
): Error {
  if (found.some((field) => field !== '' && Number.isFinite(Number(field)))) {
    return broken(place, `has no column '${name}': ${where} holds numbers, not headers; add a header line`);
  }
  const near = found
    .filter((field) => field !== '' && !wanted.includes(field))
    .map((field) => ({ field, edits: distance(field.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)[0];
  const hint =
    near !== undefined && near.edits <= name.length * SIMILAR_SHARE ? `; the nearest is '${near.field}'` : '';
  return broken(place, `has no column '${name}' in ${where}${hint}; correct the header or 'source' in the definition`);
}

/** How names of columns are compared: without white space around them, and in one form of those that Unicode has. */
export const plain = (name: string): string => name.trim().normalize('NFC');
