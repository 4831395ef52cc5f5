import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blocksOf, pages, proseOf } from './page.js';

const read = (page: string) => readFileSync(page, 'utf8');
const README = read('README.md');
const PAGES = await pages();

/** Cells of the rows of a table, of Markdown or of a terminal. */
const cellsOf = (text: string, mark: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith(`${mark} `))
    .map((line) =>
      line
        .split(mark)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

describe('the README', () => {
  it('is at most 12 KB and 200 lines', () => {
    expect(Buffer.byteLength(README)).toBeLessThanOrEqual(12_000);
    expect(README.split('\n').length).toBeLessThanOrEqual(200);
  });

  it('leads to every page', () => {
    expect(PAGES.filter((page) => page !== 'README.md' && !README.includes(`](${page})`))).toEqual([]);
  });

  it('shows twelve lines of a run', () => {
    const [run] = blocksOf(README).filter(({ words }) => words.includes('shows'));
    expect(run!.code.trim().split('\n')).toHaveLength(12);
  });

  it('has five measured rows, which are those of the page that the bench writes', () => {
    const why = /^## Why this$(.*?)^## /ms.exec(README)?.[1] ?? '';
    const [head, , ...rows] = cellsOf(why, '|');
    expect(head).toEqual(['bench', 'what', 'ours', 'peer', 'ratio']);
    expect(rows).toHaveLength(5);
    const measured = cellsOf(read('docs/benchmarks.md'), '│').map((row) => row.slice(0, 5));
    expect(measured).toEqual(expect.arrayContaining(rows));
  });

  it('has a picture, as other pages have, of at most 250 KB', () => {
    expect(README).toContain('](docs/training-report.png)');
    for (const page of PAGES)
      for (const [, picture] of read(page).matchAll(/!\[[^\]]*\]\(([^)]+)\)/g))
        expect(readFileSync(join(page, '..', picture!)).length, picture).toBeLessThan(250_000);
  });
});

describe('pages', () => {
  const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts);

  it('name commands that there are', () => {
    const named = [...PAGES, 'CONTRIBUTING.md', 'data/README.md', 'terraform/README.md'].flatMap((page) =>
      [...read(page).matchAll(/npm (?:run )?((?<=run )[a-z][\w:-]*|test(?::\w+)?)/g)].map(([, name]) => [page, name!]),
    );
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter(([, name]) => !scripts.includes(name!))).toEqual([]);
  });

  it('tell of every command', () => {
    const table = read('src/client.ts').matchAll(/\n {2}'?([\w-]+)'?: \(\) => import\('\.\/cli\/commands\/\1\.js'\)/g);
    const commands = [...table].map(([, name]) => name!);
    const runnable = commands.filter((name) => scripts.includes(name));
    expect(runnable.length).toBeGreaterThan(10);
    const reported = read('docs/commands.md');
    expect(runnable.filter((name) => !new RegExp(`npm run ${name}(?![\\w-])`).test(reported))).toEqual([]);
  });

  it('tell of every variable that programs read', () => {
    const sources = readdirSync('src/config').map((file) => read(join('src/config', file)));
    const names = sources.flatMap((source) => [...source.matchAll(/'((?:[A-Z]+_)+[A-Z]+)'/g)].map(([, name]) => name!));
    const variables = [...new Set(names)].filter((name) => name !== 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED');
    expect(variables.length).toBeGreaterThan(50);
    const reported = read('docs/configuration.md');
    expect(variables.filter((name) => !reported.includes(`\`${name}\``))).toEqual([]);
  });

  it('name files that there are, and as many as they say a change touches', () => {
    const named = [...PAGES, 'CONTRIBUTING.md', 'SECURITY.md'].flatMap((page) =>
      [...proseOf(read(page)).matchAll(/`((?:src|test|scripts|pipelines|examples|bench|deploy)\/[\w./-]+)`/g)].map(
        ([, path]) => path!,
      ),
    );
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
    const changes = cellsOf(/^## What a change touches$(.*)/ms.exec(read('docs/architecture.md'))![1]!, '|').slice(2);
    expect(changes.length).toBeGreaterThanOrEqual(10);
    for (const [change, files, number] of changes.slice(0, -2))
      expect([...files!.matchAll(/`(?:src\/[^`]+|package\.json)`/g)], change).toHaveLength(Number(number));
  });

  it('list the packages that there are', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
      string,
      Record<string, string>
    >;
    const reported = cellsOf(read('docs/dependencies.md'), '|')
      .slice(2)
      .map(([name]) => name!.replaceAll('`', ''));
    expect(reported.sort()).toEqual([...Object.keys(dependencies!), ...Object.keys(devDependencies!)].sort());
  });
});
