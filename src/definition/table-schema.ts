import { z } from 'zod';
import {
  FEATURE_NAME,
  FEATURE_NAME_WORDS,
  MAX_FEATURES,
  MAX_MAGNITUDE,
  RESERVED_NAMES,
  SHORT_TEXT,
  SHORT_TEXT_WORDS,
  UNIT,
  UNIT_WORDS,
} from '../contracts/limits.js';
import { printable } from '../contracts/text.js';
import { CELL_TEXT_WORDS, isCellText, targetProblem } from '../data/spellings.js';

/* What a definition says of the table: where it is, how it is written, which columns are read and which one is the target. */

/** What a header or a cell of the table says. */
const cellText = z.string().refine(isCellText, `must be ${CELL_TEXT_WORDS}`);
/** Name of a column of the table. */
const header = cellText.trim().min(1);

/** The encodings of text that are read. */
const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
/** An encoding of text that is read. */
export type Encoding = (typeof ENCODINGS)[number];

const dialect = z
  .strictObject({
    /** Between the fields of a CSV file. */
    separator: z.enum(['auto', ',', ';', '\t', '|']).default('auto'),
    /** Between a number's whole and its fraction. Once it is named, the other mark may group digits in threes. */
    decimal: z.enum(['auto', '.', ',']).default('auto'),
    encoding: z.enum(['auto', ...ENCODINGS]).default('auto'),
  })
  .prefault({});

/** How a text file is written; `auto` finds out, and refuses what could be read in two ways. */
export type Dialect = z.output<typeof dialect>;

/** `dataset`: where the table is and what of it is forgiven. */
export const dataset = z.strictObject({
  /** Absolute path, `file:`, `http:`, `https:` or `s3:` URI of a CSV or Parquet file. */
  uri: z.string().trim().min(1),
  /** Share of rows in [0, 1] that may be rejected before the run fails. */
  maxRejectedShare: z.number().min(0).max(1).default(0.05),
  /** What stands for a missing value besides the usual words; numbers by their value. */
  missing: z
    .array(z.union([cellText, z.number()]).transform(String))
    .max(100)
    .default([]),
  dialect,
});

const limit = z.number().min(-MAX_MAGNITUDE).max(MAX_MAGNITUDE);

const column = z
  .strictObject({
    /** Header in the source file, matched exactly after trimming. */
    source: header,
    /** Name of the feature from here on: `[a-z][a-z0-9_]*`. */
    name: z.string().regex(FEATURE_NAME, `must be ${FEATURE_NAME_WORDS}`),
    /** Unit for people, `''` when there is none. */
    unit: z.string().regex(UNIT, `must be ${UNIT_WORDS}`).default(''),
    /** Inclusive limits; a value outside rejects the row (training) or the request (serving). */
    range: z.tuple([limit, limit]).refine(([low, high]) => low < high, 'must be [low, high], low first'),
    /** `none`: a missing value rejects the row. Otherwise it is filled with this statistic of the training rows. */
    impute: z.enum(['none', 'mean', 'median']).default('none'),
  })
  .refine(({ name }) => !RESERVED_NAMES.has(name), {
    path: ['name'],
    message: `must not be one of the words that mean something else to a request, a data set or a drift check: ${[...RESERVED_NAMES].join(', ')}`,
  });

/** One column of the allow-list. What is not listed never leaves ingest. */
export type ColumnDefinition = z.output<typeof column>;

/** A column as people are told of it. */
export const describeColumn = ({ name, unit, range }: ColumnDefinition) => ({ name, unit, range });

/** `columns`, each by itself. */
export const columns = z.array(column).min(1).max(MAX_FEATURES);

/** What a class is called. */
const className = z.string().regex(SHORT_TEXT, `must be ${SHORT_TEXT_WORDS}`);

/** A record never has the key that stands for an object's prototype, so a class of that spelling would get lost. */
const withoutPrototype = (value: unknown, context: { issues: z.core.$ZodRawIssue[] }): unknown => {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__'))
    context.issues.push({
      code: 'custom',
      input: value,
      message: 'must spell no class "__proto__": write it otherwise',
    });
  return value;
};

const labels = z.preprocess(
  withoutPrototype,
  z
    .record(z.string().min(1), z.literal([0, 1]))
    .refine((labels) => Object.keys(labels).every(isCellText), `must spell classes with ${CELL_TEXT_WORDS}`)
    .refine((labels) => new Set(Object.values(labels)).size === 2, 'must spell both classes, 0 and 1'),
);

/** `target`: which column tells the classes, how they are spelled there and called in results. */
export const target = z
  .strictObject({
    source: header,
    /** Label spellings to classes; compared trimmed and case-insensitively. */
    labels,
    /** How the classes are called in results. */
    positive: className.default('positive'),
    negative: className.default('negative'),
  })
  .superRefine((target, context) => {
    const problem = targetProblem(target);
    if (problem !== null)
      context.issues.push({ code: 'custom', input: target, path: [problem.key], message: problem.message });
  });

/** Which column tells the classes, and how. */
export type TargetDefinition = z.output<typeof target>;

/** Longest address that is taken. */
export const MOST_ADDRESS = 4096;

/** A single letter before a colon is a drive. */
const SCHEME = /^[a-z][a-z0-9+.-]+:/i;

/** Whether an address begins with a scheme, as `s3:`; a path does not. */
export const hasScheme = (address: string): boolean => SCHEME.test(address);

/** What looks like a user before a host, also where no parser makes an address of it. */
const USER_BEFORE_HOST = /^[\s\p{C}]*(?:[a-z][a-z0-9+.-]+:|[\\/]{2})[\\/]*[^\\/?#]*@/iu;

/** Parameters of a query that let in whoever has them: of presigned addresses of the clouds, and by the usual words. */
const SECRET_PARAMETER =
  /^(?:x-(?:amz|goog)-(?:signature|security-token)|sig|signature|(?:access|auth|id|private)?[_-]?token|api[_-]?key|password|passwd|pwd|(?:client)?[_-]?secret)$/i;

/** Schemes whose addresses have a host or a bucket behind the slashes. */
const WITH_HOST = ['http:', 'https:', 's3:'];

/**
 * Whether an address has a user name, a password or a token in it, in any of the forms that a browser or a server would
 * take for one: `http:user:pw@host`, `https:\\user:pw@host`, `HTTP:/user@host` and what a cloud has signed beforehand are
 * addresses with credentials too.
 */
export function holdsCredentials(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url !== null && hasScheme(url.href) && (url.username !== '' || url.password !== '')) return true;
  if (url !== null && [...url.searchParams.keys()].some((name) => SECRET_PARAMETER.test(name))) return true;
  return USER_BEFORE_HOST.test(address);
}

/** What is wrong with the address of a data set, in words that follow "it"; `null` for nothing, and for paths. */
export function addressFault(address: string): string | null {
  if (address.length > MOST_ADDRESS) return `has more than ${MOST_ADDRESS} characters`;
  if (printable(address) !== address) return 'has line breaks, control characters or marks that nobody sees';
  if (!hasScheme(address)) return null;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || (WITH_HOST.includes(url.protocol) && !/^[a-z0-9]+:\/\/[^/\\]/i.test(address)))
    return 'is no address that can be read; write it like https://host/path, s3://bucket/key or file:///folder/file';
  return null;
}
