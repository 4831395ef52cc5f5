import fc from 'fast-check';
import { strToU8, zipSync, type Zippable } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readZip } from '../../../src/lambda-emulator/zip.js';

const LIMITS = { files: 100, bytes: 1_000_000 };
const text = strToU8('text');
const SYMLINK = (0o120777 << 16) >>> 0;

/** An archive with these names, as many times as they are listed: some writers check nothing. */
function archive(names: string[], attributes = 0): Uint8Array {
  const placeholders = names.map((name, i) => String(i).padEnd(Buffer.byteLength(name), '#'));
  const zip = Buffer.from(
    zipSync(Object.fromEntries(placeholders.map((name) => [name, [text, { os: 3, attrs: attributes }]])) as Zippable, {
      level: 0,
    }),
  );
  for (const [i, name] of names.entries())
    for (let at = zip.indexOf(placeholders[i]!); at >= 0; at = zip.indexOf(placeholders[i]!, at + 1))
      zip.write(name, at);
  return zip;
}

const refusal = (zip: Uint8Array, limits = LIMITS): string => {
  try {
    readZip(zip, limits);
  } catch (error) {
    return (error as Error).message;
  }
  return 'taken';
};

describe('an archive', () => {
  it('gives its files by name, folders left out', () => {
    const zip = zipSync({ 'index.mjs': text, empty: new Uint8Array(), sub: { 'a b.txt': strToU8('x'.repeat(5000)) } });
    const files = readZip(zip, LIMITS);
    expect(files.map(([name, bytes]) => [name, bytes.length])).toEqual([
      ['index.mjs', 4],
      ['empty', 0],
      ['sub/a b.txt', 5000],
    ]);
    expect(refusal(archive(['one.txt', 'folder/', 'folder/two.txt']))).toBe('taken');
    expect(readZip(zip, LIMITS, (name) => name === 'empty')).toHaveLength(1);
  });

  it.each([
    ['.'],
    ['..'],
    ['./a'],
    ['a/.'],
    ['a/..'],
    ['a/../b'],
    ['../evil.mjs'],
    ['a//b'],
    ['/etc/passwd'],
    ['C:/evil'],
    ['C:evil'],
    ['a\\b'],
    ['..\\evil'],
    ['a\u0000.mjs'],
    ['a\u001b[2J'],
    ['a\nb'],
    ['//server/share'],
    ['file.txt:stream'],
    ['/'],
  ])('has no path %j', (name) => {
    expect(refusal(archive(['index.mjs', name]))).toBe('has paths that do not all stay inside it');
  });

  it.each([
    [['a.mjs', 'a.mjs'], 'two files of one name'],
    [['a.mjs', 'A.mjs'], 'two files of one name'],
    [['caf\u00e9', 'cafe\u0301'], 'two files of one name'],
    [['a', 'a/b'], 'a file and a folder of one name'],
    [['A/b', 'a'], 'a file and a folder of one name'],
  ])('has no names that meet: %j', (names, fault) => expect(refusal(archive(names))).toContain(fault));

  it('has no links', () => {
    expect(refusal(archive(['index.mjs'], SYMLINK))).toBe('has a link or a device in it');
    expect(refusal(archive(['index.mjs'], (0o100644 << 16) >>> 0))).toBe('taken');
  });

  it('has no more than it may, and no more than it says', () => {
    const bomb = zipSync({ zeros: new Uint8Array(2_000_000) }, { level: 9 });
    expect(bomb.length).toBeLessThan(10_000);
    expect(refusal(bomb)).toBe('unpacks to more than 1000000 bytes');
    const lying = Buffer.from(bomb);
    lying.writeUInt32LE(10, lying.lastIndexOf(Buffer.from('PK\u0001\u0002', 'latin1')) + 24);
    expect(refusal(lying)).toBe('is damaged');
    expect(refusal(archive(Array.from({ length: 101 }, (_, i) => `file-${i}`)))).toBe('has more than 100 files');
  });

  it('is refused in words, whatever its bytes are', () => {
    const zip = archive(['index.mjs', 'b/c.txt']);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(zip.length - 1), fc.nat(255)), { maxLength: 6 }), (changes) => {
        const damaged = Uint8Array.from(zip);
        for (const [at, byte] of changes) damaged[at] = byte;
        expect(refusal(damaged)).toMatch(/^(taken|is |has |unpacks )/);
      }),
    );
    for (const bytes of [new Uint8Array(), strToU8('PK'), zip.subarray(0, 60), zip.subarray(30)])
      expect(refusal(bytes)).not.toBe('taken');
  });
});
