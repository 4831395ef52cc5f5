import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, openHome } from '../../support/cli.js';
import { freePorts } from '../../support/temp.js';
import { LIMIT_MS } from '../../support/until.js';
import { type Example, examplesOf, pages } from './page.js';
import { type Replacements, runExample } from './shell.js';

const PAGES = await pages();
const EXAMPLES = (await Promise.all(PAGES.map(examplesOf))).flat();

const closing: (() => Promise<void>)[] = [];
let home: Home;
let environment: NodeJS.ProcessEnv;
let instead: Replacements;

beforeAll(async () => {
  home = await openHome((close) => void closing.push(close));
  const { ports } = home;
  const [codec, metrics, health] = (await freePorts(3)).map(String) as [string, string, string];
  environment = { ...home.environment, MLOPS_CODEC_PORT: codec, MLOPS_METRICS_PORT: metrics };
  instead = {
    ...{ '.local/': `${home.home}/`, '9235': codec, '9464': metrics, '8081': health },
    ...{ '7233': String(ports.temporal), '8233': String(ports.ui) },
    ...{ '9233': String(ports.lambda), '9234': String(ports.reports) },
  };
  // What a reader has who followed the README.
  for (const example of EXAMPLES.filter(({ page }) => page === 'README.md')) await run(example);
}, LIMIT_MS);
afterAll(async () => {
  for (const close of closing) await close();
});

/** A worker beside the one of the stack has a port of its own for metrics, or none. */
const run = (example: Example) => {
  const { MLOPS_METRICS_PORT: metrics, ...rest } = environment;
  return runExample(
    example,
    example.page === 'docs/worker.md' ? rest : { ...rest, MLOPS_METRICS_PORT: metrics },
    instead,
  );
};

it.each(PAGES)('%s has an example', (page) => {
  expect(EXAMPLES.filter((example) => example.page === page)).not.toEqual([]);
});

it('names tests that read the page whose example they run', () => {
  const elsewhere = EXAMPLES.filter(({ test }) => test !== null);
  expect(elsewhere.length).toBeGreaterThan(0);
  expect(elsewhere.filter(({ page, test }) => !readFileSync(test!, 'utf8').includes(`exampleOf('${page}')`))).toEqual(
    [],
  );
});

it('shows something of what comes of each example', () => {
  const shell = EXAMPLES.filter(({ language }) => language === 'sh');
  expect(shell.filter(({ shows, test }) => shows.length === 0 && !test?.startsWith('test/system/containers/'))).toEqual(
    [],
  );
});

describe('the example of', () => {
  it.each(
    EXAMPLES.filter(({ page, test }) => test === null && page !== 'README.md').map((it) => [it.page, it] as const),
  )(
    '%s does what the page says',
    async (_, example) => {
      await run(example);
    },
    LIMIT_MS,
  );
});
