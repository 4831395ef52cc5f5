/* eslint-disable no-control-regex -- formats are told by such bytes */
import { dataFault } from './data-fault.js';

/** Bytes of a file's beginning that tell what it is. */
export const HEAD_BYTES = 4096;

interface Kind {
  /** Behind "is". */
  what: string;
  /** Bytes at the start, or a pattern over them as Latin-1. */
  sign: string | RegExp;
  /** `null`: the table has to be exported from it. */
  remedy: string | null;
}

/** What the reader takes, in the words of a message. */
export type Formats = 'CSV' | 'CSV or Parquet';

const SAVE = 'save the table as "CSV UTF-8"';
const EXPORT = null;
const UNPACK = 'unpack it, or pack the CSV file with gzip or zstd';

/** What is taken for a table by mistake, told by its first bytes. */
const BINARY: readonly Kind[] = [
  { what: 'an old Excel or other Office file', sign: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', remedy: SAVE },
  { what: 'an Excel workbook', sign: /^PK\x03\x04[^]*(?:\[Content_Types\]\.xml|xl\/)/, remedy: SAVE },
  { what: 'an OpenDocument file', sign: /^PK\x03\x04[^]*application\/vnd\.oasis\.opendocument/, remedy: SAVE },
  { what: 'a zip archive or an Excel workbook', sign: 'PK\x03\x04', remedy: `unzip it, or ${SAVE}` },
  { what: 'an empty zip archive', sign: 'PK\x05\x06', remedy: EXPORT },
  { what: 'a PDF document', sign: '%PDF-', remedy: EXPORT },
  { what: 'an RTF document', sign: '{\\rtf', remedy: EXPORT },
  { what: 'a SQLite database', sign: 'SQLite format 3\0', remedy: EXPORT },
  { what: 'a DuckDB database', sign: /^[^]{8}DUCK/, remedy: EXPORT },
  { what: 'an encrypted Parquet file', sign: /^PARE(?=[^]{0,60}\0)/, remedy: 'decrypt it first' },
  {
    what: 'a Feather or Arrow file',
    sign: /^(?:(?:ARROW1|FEA1)(?=[^]{0,60}\0)|\xff\xff\xff\xff[^]{3}\0)/,
    remedy: EXPORT,
  },
  { what: 'an ORC file', sign: /^ORC(?=[^]{0,60}[\0-\x08])/, remedy: EXPORT },
  { what: 'an Avro file', sign: 'Obj\x01', remedy: EXPORT },
  { what: 'a SAS data set', sign: /^\0{12}\xc2\xea\x81\x60/, remedy: EXPORT },
  { what: 'a SAS transport file', sign: 'HEADER RECORD*******', remedy: EXPORT },
  { what: 'an SPSS file', sign: /^\$FL[23]/, remedy: EXPORT },
  { what: 'a Stata file', sign: /^(?:<stata_dta>|[\x6c-\x73][\x01\x02]\x01\0)/, remedy: EXPORT },
  { what: 'an R data file', sign: /^(?:RD[AX][23]\n|X\n\0\0\0)/, remedy: EXPORT },
  { what: 'a MATLAB file', sign: 'MATLAB 5.0 MAT-file', remedy: EXPORT },
  { what: 'an HDF5 file', sign: '\x89HDF\r\n\x1a\n', remedy: EXPORT },
  { what: 'a NumPy array', sign: '\x93NUMPY', remedy: EXPORT },
  { what: 'a Python pickle', sign: /^\x80[\x02-\x05][c}\]\x95(]/, remedy: EXPORT },
  { what: 'a picture', sign: /^(?:\x89PNG|\xff\xd8\xff|GIF8|II\*\0|MM\0\*)/, remedy: EXPORT },
  { what: 'compressed by bzip2', sign: /^BZh[1-9]/, remedy: UNPACK },
  { what: 'compressed by xz', sign: '\xfd7zXZ\0', remedy: UNPACK },
  { what: 'compressed by LZ4', sign: '\x04\x22\x4d\x18', remedy: UNPACK },
  { what: 'a 7-Zip archive', sign: '7z\xbc\xaf\x27\x1c', remedy: UNPACK },
  { what: 'a RAR archive', sign: 'Rar!\x1a\x07', remedy: UNPACK },
  { what: 'a tar archive', sign: /^[^]{257}ustar/, remedy: UNPACK },
];

/** The same for texts, over what is left without a byte order mark and white space in front. */
const TEXTS: readonly Kind[] = [
  {
    what: 'a web page (HTML)',
    sign: /^(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*<(?:!doctype html|html|head|body|table|script|meta)\b/i,
    remedy: 'check whether its address needs a sign-in, and fetch the file itself',
  },
  { what: 'an XML document', sign: /^<(?:\?xml|[A-Za-z][\w:.-]*[\s>/])/, remedy: EXPORT },
  {
    what: 'the error message of a server',
    sign: /^(?:(?:http[/ \d.]*|error:?|[45]\d\d:?) *)*(?:not found|forbidden|unauthorized|access denied|permission denied|bad (?:request|gateway)|internal server error|service unavailable|too many requests)\b[^\n,;\t|]*\s*$/i,
    remedy: 'check the address and whether it needs a sign-in, and fetch the file itself',
  },
  {
    what: 'a table drawn with lines, as databases and Markdown show one',
    sign: /^(?:\u00e2[\u0094\u0095]|(?:[^\n]*\n){0,3}(?=[^\n]*--)(?=[^\n]*[|+])[-+:| ]+\r?\n)/,
    remedy: EXPORT,
  },
  { what: 'a SYLK file', sign: /^ID;P[^\n]*\n(?:P;P|F;[A-Z]|B;[XY]\d|O;[A-Z]|C;[XY]\d)/, remedy: EXPORT },
  { what: 'a DIF file', sign: /^TABLE\r?\n0,1\r?\n"/, remedy: EXPORT },
  {
    what: 'a Git LFS pointer and not the file',
    sign: 'version https://git-lfs.github.com/spec/',
    remedy: 'run `git lfs pull`',
  },
  { what: 'a git-annex pointer and not the file', sign: '/annex/objects/', remedy: 'run `git annex get`' },
  {
    what: 'a DVC pointer and not the file',
    sign: /^(?:md5: \w+\s+)?outs:\s+- (?:md5|hash|etag):/,
    remedy: 'run `dvc pull`',
  },
  { what: 'an ARFF file (Weka)', sign: /^(?:%[^\n]*\n\s*)*@relation\s/i, remedy: EXPORT },
  { what: 'in the svmlight format', sign: /^[+-]?[\d.]+(?: \d+:[-+\d.eE]+){2,}\s*\n/, remedy: EXPORT },
  { what: 'a list of JSON objects, one a line (JSON Lines)', sign: /^\{\s*"[^\n]*\}[ \t\r]*\n\s*\{/, remedy: EXPORT },
  {
    what: 'a JSON document',
    sign: /^(?:\{\s*(?:"(?:[^"\\]|\\.)*"\s*:|\})|\[\s*(?:[[{]|"(?:[^"\\]|\\.)*"\s*,|-?\d[\d.eE+-]*\s*,\s*-?\d))/,
    remedy: EXPORT,
  },
  {
    what: 'a dump of SQL statements',
    sign: /^(?:-- (?:MySQL|MariaDB|PostgreSQL|SQLite|Dump)|(?:PRAGMA|CREATE|INSERT|BEGIN TRANSACTION)\b[^,;]*[;(])/i,
    remedy: EXPORT,
  },
];

/**
 * Refuses what is no table of text, by the beginning of its bytes.
 * @param head up to `HEAD_BYTES`, without compression
 * @param formats what the reader takes besides
 * @throws DataContract saying what the file is
 */
export function refuseOtherKinds(head: Buffer, place: string, formats: Formats): void {
  refuse(BINARY, head.toString('latin1', 0, HEAD_BYTES), place, formats);
}

/** The same for a text: decoded, as UTF-8. */
export function refuseOtherTexts(head: Buffer, place: string, formats: Formats): void {
  refuse(TEXTS, head.toString('latin1', 0, HEAD_BYTES).trimStart(), place, formats);
}

function refuse(kinds: readonly Kind[], start: string, place: string, formats: Formats): void {
  const kind = kinds.find(({ sign }) => (typeof sign === 'string' ? start.startsWith(sign) : sign.test(start)));
  if (kind === undefined) return;
  const remedy = kind.remedy ?? `export the table as ${formats}`;
  throw dataFault(place, `is ${kind.what}, and no ${formats} file; ${remedy}`);
}
