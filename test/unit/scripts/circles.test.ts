import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

/** Texts of files by their paths. */
type Files = Map<string, string>;

const files: Files = new Map(
  ['src', 'scripts', 'bench', 'test'].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(ts|mjs|js)$/.test(path))
      .map((path) => join(root, path))
      .map((path) => [path, readFileSync(path, 'utf8')]),
  ),
);

/** Files that one imports in any way: values or types, at its top or when it comes to it. */
const importsOf = (path: string, text: string, known: Files): string[] =>
  ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => join(dirname(path), specifier))
    .map((target) => (known.has(target) ? target : target.replace(/\.js$/, '.ts')));

/** Files from which imports lead back to themselves. */
function filesInCircles(known: Files): string[] {
  const imports = new Map([...known].map(([path, text]) => [path, importsOf(path, text, known)]));
  return [...known.keys()].filter((start) => {
    const reached = new Set(imports.get(start));
    for (const path of reached) for (const next of imports.get(path) ?? []) reached.add(next);
    return reached.has(start);
  });
}

it('files import each other in no circle', () => {
  expect(files.size).toBeGreaterThan(500);
  expect(filesInCircles(files)).toEqual([]);
});

it.each([
  ["import { x } from 'Y';"],
  ["import type { X } from 'Y';"],
  ["import 'Y';"],
  ["export { x } from 'Y';"],
  ["export type * from 'Y';"],
  ["const later = async () => (await import('Y')).x;"],
  ["let x: import('Y').X;"],
])('a circle that is closed by %s is found', (statement) => {
  const [closer, start] = ['src/store/objects.ts', 'src/store/file-objects.ts'];
  expect(importsOf(start, files.get(start)!, files)).toContain(closer);
  const planted = new Map(files).set(closer, `${files.get(closer)}\n${statement.replace('Y', './file-objects.js')}`);
  const found = filesInCircles(planted);
  expect(found).toContain(start);
  expect(found).toContain(closer);
});

it('a circle through a third file, or of a file with itself, is found', () => {
  const [a, b, c] = ["import './b.js';", "import('../b/c.js');", "export * from '../a/a.js';"];
  const planted = new Map([['a/a.ts', a], ['a/b.ts', b], ['b/c.ts', c], ['a/d.ts', a], ['a/e.ts', "import './e.js';"]]); // prettier-ignore
  expect(filesInCircles(planted)).toEqual(['a/a.ts', 'a/b.ts', 'b/c.ts', 'a/e.ts']);
});
