import type { Encoding } from '../contracts/definition.js';
import { broken } from './broken.js';

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** What Windows-1252 has between 0x80 and 0x9f; U+FFFD where it has nothing. */
const WINDOWS_1252 =
  '\u20ac\ufffd\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\ufffd\u017d\ufffd' +
  '\ufffd\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\ufffd\u017e\u0178';

/** How people call the encodings. */
export const ENCODING_NAMES: Record<Encoding, string> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 LE',
  'utf-16be': 'UTF-16 BE',
  'windows-1252': 'Windows-1252',
};

/** UTF-16 by its mark or by the zero bytes between its letters; anything else is taken for UTF-8 until it turns out not to be. */
export function encodingOf(head: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [a, b, c, d] = head;
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (head.length < 4 || (a === 0) === (b === 0) || (a === 0) !== (c === 0) || (b === 0) !== (d === 0)) return 'utf-8';
  return a === 0 ? 'utf-16be' : 'utf-16le';
}

/** UTF-32 by its mark, or by three zero bytes with each of the first letters. */
export const isUtf32 = (head: Buffer): boolean =>
  /^(?:\xff\xfe\0\0|\0\0\xfe\xff|(?:[^\0]\0{3}){3}|(?:\0{3}[^\0]){3})/.test(head.toString('latin1', 0, 12));

/**
 * Pieces of a text as UTF-8, without its byte order mark.
 * @throws DataContract for bytes that the encoding does not have; UTF-8 is passed on as it is
 */
export async function* decoded(
  pieces: AsyncIterable<Buffer>,
  encoding: Encoding,
  place: string,
): AsyncGenerator<Buffer, void, undefined> {
  const decode = decoderOf(encoding, place);
  let first = true;
  for await (const piece of pieces) {
    let text = decode(piece);
    if (first && text.subarray(0, UTF8_MARK.length).equals(UTF8_MARK)) text = text.subarray(UTF8_MARK.length);
    if (piece.length > 0) first = false;
    yield text;
  }
  yield decode(null);
}

/** Decodes piece by piece; `null` is the end. */
function decoderOf(encoding: Encoding, place: string): (piece: Buffer | null) => Buffer {
  if (encoding === 'utf-8') return (piece) => piece ?? Buffer.alloc(0);
  const refused = () =>
    broken(
      place,
      `holds bytes that ${ENCODING_NAMES[encoding]} does not have; save it as "CSV UTF-8", or name its encoding in dataset.dialect.encoding`,
    );
  if (encoding === 'windows-1252')
    return (piece) => {
      const text = (piece ?? Buffer.alloc(0))
        .toString('latin1')
        .replace(/[\x80-\x9f]/g, (letter) => WINDOWS_1252[letter.charCodeAt(0) - 0x80]!);
      if (text.includes('\ufffd')) throw refused();
      return Buffer.from(text);
    };
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  return (piece) => {
    try {
      return Buffer.from(piece === null ? decoder.decode() : decoder.decode(piece, { stream: true }));
    } catch {
      throw refused();
    }
  };
}
