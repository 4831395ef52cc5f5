import { distance } from 'fastest-levenshtein';
import type { Definition } from '../contracts/definition.js';
import { dataFault } from './data-fault.js';

/** Share of a header's letters that may differ for another one to be called its likely spelling. */
const SIMILAR_SHARE = 1 / 3;

/** Longer names are not compared for their likeness: that takes time, and nobody mistypes one so long. */
const MAX_COMPARED = 200;

/** A name in quotes that CSV does not have. */
const QUOTED = /^['`\u00b4\u2018-\u201f](.*)['`\u00b4\u2018-\u201f]$/su;

/** What tools put before a header, and what comes along with copied text. */
const HIDDEN = /[#\p{Cf}\p{Cc}]/gu;

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
    throw dataFault(
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
    return dataFault(place, `has no column '${name}': ${where} holds numbers, not headers; add a header line`);
  }
  if (found.some((field) => QUOTED.exec(field)?.[1]?.trim() === name)) {
    return dataFault(
      place,
      `has no column '${name}' in ${where}, only one with quotes as part of its name; only the double quote (") may enclose a field, so take these out`,
    );
  }
  if (found.some((field) => field.replace(HIDDEN, '').trim() === name)) {
    return dataFault(
      place,
      `has no column '${name}' in ${where}, only one with # or a character that nobody sees in its name; take that out`,
    );
  }
  if (found.length === 1 && where.startsWith('line ')) {
    return dataFault(
      place,
      `has no column '${name}' in ${where}, which is a single field; separate fields by comma, semicolon, tab or |, and let dataset.dialect.separator be that one or "auto"`,
    );
  }
  const near = nearest(name, found, new Set(wanted));
  const hint = near === null ? '' : `; the nearest is '${near}'`;
  return dataFault(
    place,
    `has no column '${name}' in ${where}${hint}; correct the header or 'source' in the definition`,
  );
}

/** The field that is most likely meant, `null` when none is alike. Only those of about its length are compared. */
function nearest(name: string, found: readonly string[], wanted: ReadonlySet<string>): string | null {
  if (name.length > MAX_COMPARED) return null;
  let near: string | null = null;
  let least = Math.floor(name.length * SIMILAR_SHARE) + 1;
  for (const field of found) {
    if (field === '' || Math.abs(field.length - name.length) >= least || wanted.has(field)) continue;
    const edits = distance(field.toLowerCase(), name.toLowerCase());
    if (edits < least) [near, least] = [field, edits];
  }
  return near;
}

/** How names of columns are compared: without white space around them, and in one form of those that Unicode has. */
export const plain = (name: string): string => name.trim().normalize('NFC');
