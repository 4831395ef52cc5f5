/** What stands in a text where JSON has something else. */
export type JsonFaultKind =
  'no-number' | 'other-word' | 'quotes' | 'number' | 'comma' | 'comment' | 'more' | 'cut' | 'other';

/** The first thing in a text that is no JSON, and where it is. */
export interface JsonFault {
  kind: JsonFaultKind;
  /** Where, in UTF-16 units. */
  at: number;
}

const NO_NUMBERS = /^[-+]?(?:NaN|nan|Infinity|inf)$/;
const OTHER_WORDS = /^(?:None|True|False|undefined|NULL|TRUE|FALSE)$/;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const LIKE_NUMBER = /^[+-]?\.?\d[\w.+-]*$/;
const WORD = /[\w.+-]+/y;
const SPACE = /\s/;
const QUOTES = "'`\u2018\u2019\u201c\u201d";

/**
 * The first thing in a text that an object or a list in JSON does not have: what Python, JavaScript and people write
 * instead. For texts that `JSON.parse` refuses; takes one pass.
 */
export function jsonFault(text: string): JsonFault {
  let depth = 0;
  let opened = false;
  let afterComma = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    const fault = (kind: JsonFaultKind): JsonFault => ({ kind, at });
    if (SPACE.test(letter) || letter === '\ufeff') continue;
    if (letter === '#' || (letter === '/' && '/*'.includes(text[at + 1] ?? ' '))) return fault('comment');
    if (depth === 0 && opened) return fault('more');
    if (depth === 0 && !'{['.includes(letter)) return fault('other');
    if (letter === '"') {
      const end = endOfText(text, at);
      if (end < 0) return fault('cut');
      at = end;
    } else if (letter === '{' || letter === '[') {
      opened = true;
      depth++;
    } else if (letter === '}' || letter === ']') {
      if (afterComma) return fault('comma');
      depth--;
    } else if (letter === ',') {
      if (afterComma) return fault('comma');
    } else if (QUOTES.includes(letter)) return fault('quotes');
    else if (letter !== ':') {
      WORD.lastIndex = at;
      const word = WORD.exec(text)?.[0] ?? '';
      const kind = kindOf(word, text, at + word.length);
      if (kind !== null) return fault(kind);
      at += word.length - 1;
    }
    afterComma = letter === ',';
  }
  return { kind: depth > 0 ? 'cut' : 'other', at: text.length };
}

/** What is wrong with a word outside of quotes, `null` when JSON has it. */
function kindOf(word: string, text: string, end: number): JsonFaultKind | null {
  if (NO_NUMBERS.test(word)) return 'no-number';
  if (OTHER_WORDS.test(word)) return 'other-word';
  if (word === 'null' || word === 'true' || word === 'false' || JSON_NUMBER.test(word)) return null;
  let next = end;
  while (SPACE.test(text[next] ?? '')) next++;
  if (word !== '' && text[next] === ':') return 'quotes';
  return LIKE_NUMBER.test(word) ? 'number' : 'other';
}

/** Where the text in quotes ends that begins at `start`, -1 when it does not. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return -1;
}
