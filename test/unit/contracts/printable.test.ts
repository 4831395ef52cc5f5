import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdown, lineFault, printable, printableAll } from '../../../src/contracts/text.js';

const code = (...units: number[]) => String.fromCharCode(...units);

/** What a terminal obeys or hides, by the names of the standards. */
const HOSTILE: [string, string][] = [
  ['bell', code(7)],
  ['carriage return', code(13)],
  ['line feed', code(10)],
  ['escape', code(0x1b)],
  ['delete', code(0x7f)],
  ['C1 control sequence introducer', code(0x9b)],
  ['C1 operating system command', code(0x9d)],
  ['line separator', code(0x2028)],
  ['paragraph separator', code(0x2029)],
  ['right-to-left override', code(0x202e)],
  ['right-to-left isolate', code(0x2067)],
  ['right-to-left mark', code(0x200f)],
  ['Arabic letter mark', code(0x061c)],
  ['space without width', code(0x200b)],
  ['byte order mark', code(0xfeff)],
  ['half of a surrogate pair', code(0xd800)],
  ['tag letter', String.fromCodePoint(0xe0041)],
];

describe('printable text', () => {
  it.each(HOSTILE)('writes a %s as JSON does', (_, character) => {
    const shown = printable(`a${character}b`);
    expect(shown).toMatch(/^a(\\u[0-9a-f]{4})+b$/);
    expect(JSON.parse(`"${shown}"`)).toBe(`a${character}b`);
  });

  it.each(['Ada Lovelace', 'Jürgen Müller-Lüdenscheidt', '山田 太郎', 'می‌خواهم', 'שלום', '👩‍⚕️', 'क्‍ष', 'a\\b'])(
    'leaves %s as it is',
    (text) => expect(printable(text)).toBe(text),
  );

  it('leaves nothing that a terminal obeys, and nothing to do a second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = printable(text);
        // eslint-disable-next-line no-control-regex -- it is these that must not be there
        expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
        expect(printable(shown)).toBe(shown);
      }),
    );
  });

  it('makes of JSON text the same JSON', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), (text) => {
        const value = JSON.parse(text) as unknown;
        expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(value);
      }),
    );
  });

  it('reaches every text of plain data, and every key', () => {
    const dirty = { by: `a${code(0x1b)}[2J`, [`k${code(10)}`]: [`x${code(0x202e)}`, 7, null, true] };
    expect(printableAll(dirty)).toEqual({ by: 'a\\u001b[2J', 'k\\u000a': ['x\\u202e', 7, null, true] });
  });
});

describe('a line that a person gives', () => {
  it('is refused with what is wrong', () => {
    expect(lineFault('--by', 'Ada')).toBeNull();
    expect(lineFault('--by', `Ada${code(10)}approved by Bob`)).toMatch(
      /^--by has line breaks.*one line of plain text\.$/,
    );
    expect(lineFault('--because', 'x'.repeat(1001))).toBe(
      '--because has 1001 characters, more than 1000: give a shorter one.',
    );
  });
});

describe('Markdown', () => {
  it.each([
    ['<img src=x onerror=alert(1)>', '\\<img src=x onerror=alert(1)\\>'],
    ['[pay here](http://evil.example)', '\\[pay here\\](http\\:\\/\\/evil.example)'],
    ['![](//evil.example/p.png)', '!\\[\\](//evil.example/p.png)'],
    ['www.evil.example', 'www\\.evil.example'],
    ['a | b', 'a \\| b'],
    ['a \\| b', 'a \\\\\\| b'],
    ['`code` *bold* _it_ ~~gone~~', '\\`code\\` \\*bold\\* \\_it\\_ \\~\\~gone\\~\\~'],
    ['# heading', '\\# heading'],
    ['- item', '\\- item'],
    ['1. item', '1\\. item'],
    ['&lt;script&gt;', '\\&lt;script\\&gt;'],
    [`one${code(10)}two`, 'one\\\\u000atwo'],
  ])('shows %j as it is', (text, escaped) => expect(markdown(text)).toBe(escaped));
});
