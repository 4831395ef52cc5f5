import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { pages, proseOf } from './page.js';

/** Every page that somebody may follow a link on. */
const PAGES = [
  ...(await pages()),
  ...['CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'data/README.md', 'terraform/README.md'],
  'examples/own-learner/README.md',
];

/** What GitHub makes of headings: their anchors. */
function anchorsOf(text: string): Set<string> {
  const seen = new Map<string, number>();
  const headings = [...proseOf(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set(
    headings.map((anchor) => {
      const before = seen.get(anchor) ?? 0;
      seen.set(anchor, before + 1);
      return before === 0 ? anchor : `${anchor}-${before}`;
    }),
  );
}

/** Links of a page within this repository: targets and anchors. */
const linksOf = (text: string): { target: string; anchor: string }[] =>
  [...proseOf(text).matchAll(/\]\(<?([^)>\s]+)>?\)/g)]
    .map(([, link]) => link!)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [target = '', anchor = ''] = link.split('#');
      return { target, anchor };
    });

/** Why a link of a page leads nowhere, `null` when it leads somewhere. */
function faultOf(page: string, { target, anchor }: { target: string; anchor: string }): string | null {
  const path = target === '' ? page : join(dirname(page), target);
  if (!existsSync(path)) return `${page}: ${target} is not there`;
  if (anchor === '') return null;
  return anchorsOf(readFileSync(path, 'utf8')).has(anchor) ? null : `${page}: ${target} has no heading #${anchor}`;
}

it('lead somewhere', () => {
  const links = PAGES.flatMap((page) => linksOf(readFileSync(page, 'utf8')).map((link) => ({ page, link })));
  expect(links.length).toBeGreaterThan(80);
  expect(links.map(({ page, link }) => faultOf(page, link)).filter((fault) => fault !== null)).toEqual([]);
});

it('are found out where they lead nowhere', () => {
  const links = linksOf('[a](docs/none.md) [b](#none) ![c](docs/web-ui.png) [d](https://example.org) `[e](none)`');
  expect(links.slice(0, 3).map((link) => faultOf('README.md', link))).toEqual([
    'README.md: docs/none.md is not there',
    'README.md:  has no heading #none',
    null,
  ]);
  expect([
    ...anchorsOf('# Keys in AWS KMS\n\n## What is `removed`, and what\n\n## What is removed and what\n'),
  ]).toEqual(['keys-in-aws-kms', 'what-is-removed-and-what', 'what-is-removed-and-what-1']);
});

/** Files below a directory that people wrote. */
const filesBelow = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((file) => join(directory, file))
    .filter((file) => /\.(m?[jt]s|tf|ya?ml|json|py)$/.test(file) && statSync(file).isFile());

it('from sources name pages that there are', () => {
  const files = ['src', 'scripts', 'bench', 'terraform', 'ops', 'examples/own-learner/src'].flatMap(filesBelow);
  const named = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/(?<![\w/.])((?:docs|terraform|data)\/[\w-]+\.md)/g)].map(
      ([, page]) => page!,
    ),
  );
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((page) => !existsSync(page))).toEqual([]);
});
