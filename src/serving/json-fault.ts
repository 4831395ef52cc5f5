const NO_NUMBER = 'JSON knows no NaN and no Infinity: send null for a value that was not measured';
const OTHER_WORD = 'JSON writes null, true and false: let json.dumps of Python or JSON.stringify write the body';
const QUOTES = 'JSON encloses names and texts in double quotes ("): let json.dumps or JSON.stringify write the body';
const NUMBER = 'JSON writes numbers like -0.5 or 1e3: no +, no zero in front, and digits on both sides of the point';
const COMMA = 'take out the comma that no value follows';
const MORE = 'send one JSON object a request, or several rows in its list "instances"';
const CUT = 'it ends before its last bracket or quote is closed: send all of it';
const OBJECT = 'send a JSON object';

const NO_NUMBERS = /^[-+]?(?:NaN|nan|Infinity|inf)$/;
const OTHER_WORDS = /^(?:None|True|False|undefined|NULL|TRUE|FALSE)$/;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const LIKE_NUMBER = /^[+-]?\.?\d[\w.+-]*$/;
const WORD = /[\w.+-]+/y;
const SPACE = /\s/;

/**
 * What to do about a text that is no JSON, told by the first thing that JSON does not have: what Python, JavaScript and
 * people write instead. Takes one pass over the text and repeats nothing of it.
 */
export function jsonRemedy(text: string): string {
  let depth = 0;
  let afterComma = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    if (SPACE.test(letter) || letter === '\ufeff') continue;
    if (depth === 0 && !'{['.includes(letter)) return wasOpened(text, at) ? MORE : OBJECT;
    if (letter === '"') {
      at = endOfText(text, at);
      if (at < 0) return CUT;
    } else if (letter === '{' || letter === '[') {
      if (depth === 0 && wasOpened(text, at)) return MORE;
      depth++;
    } else if (letter === '}' || letter === ']') {
      if (afterComma) return COMMA;
      depth--;
    } else if (letter === ',') {
      if (afterComma) return COMMA;
    } else if ("'`\u2018\u2019\u201c\u201d".includes(letter)) return QUOTES;
    else if (letter !== ':') {
      WORD.lastIndex = at;
      const word = WORD.exec(text)?.[0];
      if (word === undefined) return OBJECT;
      const remedy = remedyOf(word, text, at + word.length);
      if (remedy !== null) return remedy;
      at += word.length - 1;
    }
    afterComma = letter === ',';
  }
  return depth > 0 ? CUT : OBJECT;
}

/** The remedy for a word outside of quotes, `null` when JSON has it. */
function remedyOf(word: string, text: string, end: number): string | null {
  if (NO_NUMBERS.test(word)) return NO_NUMBER;
  if (OTHER_WORDS.test(word)) return OTHER_WORD;
  if (word === 'null' || word === 'true' || word === 'false' || JSON_NUMBER.test(word)) return null;
  let next = end;
  while (SPACE.test(text[next] ?? '')) next++;
  if (text[next] === ':') return QUOTES;
  return LIKE_NUMBER.test(word) ? NUMBER : OBJECT;
}

/** Whether a document ends before this place. */
const wasOpened = (text: string, at: number): boolean =>
  /^\ufeff?\s*[{[]/.test(text) && text.slice(0, at).trim() !== '';

/** Where the text ends that begins at `start`, -1 when it does not. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return -1;
}
