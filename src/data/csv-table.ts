import type { Dialect } from '../contracts/definition.js';
import { findLayout, type CsvLayout, type Separator, type WantedName } from './csv-layout.js';
import type { Formats } from './file-kind.js';
import type { Remedies } from './broken.js';
import { scanCsv, type CsvScan } from './scan.js';
import { ENCODING_NAMES } from './text-encoding.js';
import { openText, type TextSource } from './text-source.js';

/** A CSV file that was read once: how its text is stored, where its table is, and what the table looks like. */
export interface CsvTable {
  text: TextSource;
  layout: CsvLayout;
  scan: CsvScan;
}

/**
 * Reads a CSV file once. Where the definition names no encoding and every record beyond ASCII is no UTF-8, the file is taken
 * for Windows-1252, of which Latin-1 is a part.
 */
export async function readLayout(
  path: string,
  place: string,
  wanted: readonly WantedName[],
  options: {
    dialect: Pick<Dialect, 'encoding' | 'separator'>;
    signal?: AbortSignal | undefined;
    /** What the reader takes besides text. */
    formats?: Formats;
  },
): Promise<CsvTable> {
  const { dialect, signal, formats } = options;
  const { encoding, separator } = dialect;
  const read = async (as: Dialect['encoding']): Promise<CsvTable> => {
    const text = await openText(path, place, as, { signal, formats });
    const layout = await findLayout(text, wanted, separator);
    return { text, layout, scan: await scanCsv(text, place, layout) };
  };
  const table = await read(encoding);
  return encoding === 'auto' && table.scan.notUtf8 ? read('windows-1252') : table;
}

const SEPARATOR_NAMES: Record<Separator, string> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' };

/** How the file was read, where nothing in the definition says so and a plain file would be read otherwise. */
export function describeLayout({ text, layout, scan }: CsvTable, dialect: Dialect): string[] {
  const { encoding } = text;
  const parts: string[] = [];
  if (dialect.encoding === 'auto' && encoding !== 'utf-8') parts.push(`as ${ENCODING_NAMES[encoding]}`);
  if (dialect.separator === 'auto' && layout.separator !== ',')
    parts.push(`with fields separated by ${SEPARATOR_NAMES[layout.separator]}`);
  if (layout.skip > 0) parts.push(`from its header in line ${scan.headerLine} on, leaving out what stands before`);
  if (scan.offset === 1) parts.push('without the row numbers in front, for which the header has no name');
  if (scan.fields > scan.header.length && scan.offset === 0)
    parts.push('without the separator at the end of every row');
  return parts;
}

/** What is the matter with rows that are the header again. */
export function repeatRemedy({ repeated: { rows, lines } }: CsvScan): Remedies {
  if (rows === 0) return {};
  const [which, them] = rows === 1 ? ['line', 'it'] : ['lines', 'them'];
  const shown = `${lines.slice(0, LINES_NAMED).join(', ')}${rows > LINES_NAMED ? ', ...' : ''}`;
  return {
    'not-a-number': `${which} ${shown} ${rows === 1 ? 'repeats' : 'repeat'} the header, as files that were joined do, so take ${them} out`,
  };
}

/** Lines that a message names. */
const LINES_NAMED = 5;

/** What is the matter with ragged rows. */
export function raggedRemedy({ header, otherFields }: CsvScan): Remedies {
  if (otherFields === null) return {};
  const counts = `the header has ${header.length} fields, these rows ${otherFields}`;
  const extra = otherFields - header.length;
  const remedy =
    extra === 1
      ? ', so name the column that the header lacks or take its values out'
      : extra > 1
        ? ', so take out what is too much, or quote fields that hold a separator, such as numbers with a decimal comma'
        : '';
  return { ragged: `${counts}${remedy}` };
}
