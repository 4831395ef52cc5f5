import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { failureOf } from '../support/failures.js';
import { openLab, sampleDefinition } from '../support/lab.js';
import { startTemporal } from '../support/temporal.js';
import { temporaryDirectory } from '../support/temp.js';
import { LIMIT_MS } from '../support/until.js';
import { SECRET, startEvidently } from './evidently-server.js';
import { startMlflow } from './mlflow.js';
import { expectNoName, expectNoNameInFiles, expectNoNameInRuns, NAME } from './no-name.js';

const PERSON = { r: 45.88, g: 28.83, b: 25.29, hb: 11.98 };

/** Where things are kept: its settings, and what to search beside the home when all is done. */
interface Mode {
  settings: Record<string, string>;
  directories: string[];
}

const filesAlone = (): Promise<Mode> => Promise.resolve({ settings: {}, directories: [] });

async function mlflowAndEvidently(): Promise<Mode> {
  const [mlflow, evidently] = await Promise.all([startMlflow(), startEvidently()]);
  onTestFinished(() => Promise.all([mlflow.close(), evidently.close()]).then(() => undefined), LIMIT_MS);
  return {
    settings: { MLFLOW_TRACKING_URI: mlflow.uri, EVIDENTLY_URL: evidently.url, EVIDENTLY_SECRET: SECRET },
    directories: [mlflow.directory, evidently.directory],
  };
}

/** Tables that are refused, each with the name where it hurts most. */
const refused = (good: string): Record<string, string> => {
  const lines = good.trim().split('\n');
  return {
    'names for numbers': good.replaceAll(/,[\d.]+,(Yes|No)/g, `,${NAME},$1`),
    'names for labels': good.replaceAll(/,(Yes|No),/g, `,${NAME},`),
    'ragged rows': lines.map((line, i) => (i % 2 === 0 ? line : `${line},${NAME},"${NAME}`)).join('\n'),
    'no header': lines.slice(1).join('\n'),
    'no Parquet': `PAR1${NAME}`,
  };
};

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await startTemporal({ namespaces: ['files', 'servers'] });
});
afterAll(() => temporal.teardown());

it.each([
  ['files', filesAlone],
  ['servers', mlflowAndEvidently],
])('the names of a table are nowhere in %s', { timeout: LIMIT_MS * 2 }, async (namespace, open) => {
  const { settings, directories } = await open();
  const lab = await openLab(temporal, namespace, (close) => onTestFinished(close, LIMIT_MS), {
    ...{ ...settings, LOG_LEVEL: 'trace', LOG_FORMAT: 'json' },
  });
  const outside = await temporaryDirectory();
  const tableAt = async (name: string, text: string) => {
    await writeFile(join(outside, name), text);
    return `dataset.uri=${pathToFileURL(join(outside, name)).href}`;
  };
  const good = (await readFile('data/anemia-sample.csv', 'utf8')).replaceAll(/sample-\d+/g, NAME);
  expect(good).toContain(NAME);
  const worker = await lab.work();

  const definition = await sampleDefinition(
    'model=served',
    await tableAt('good.csv', good),
    'monitoring.drift.minimumRows=5',
  );
  const run = await lab.start(definition);
  expect(await run.result()).toMatchObject({ outcome: 'deployed' });
  for (const event of [
    { ...PERSON, name: NAME },
    { ...PERSON, hb: NAME },
  ])
    await lab.deployer.invoke({ functionName: 'served', qualifier: 'live', event });
  await lab.predict(
    definition,
    Array.from({ length: 7 }, () => PERSON),
  );
  const check = await lab.check(definition);
  await check.result();
  await expectNoNameInRuns(
    lab.client,
    'served',
    [run, check, lab.deployment(definition)].map((handle) => handle.workflowId),
  );

  for (const [index, [what, text]] of Object.entries(refused(good)).entries()) {
    const model = `refused-${index}`;
    const extension = what === 'no Parquet' ? 'parquet' : 'csv';
    const bad = await sampleDefinition(`model=${model}`, await tableAt(`${model}.${extension}`, text));
    const failing = await lab.start(bad);
    expectNoName((await failureOf(failing)).message, what);
    await expectNoNameInRuns(lab.client, model, [failing.workflowId]);
  }

  expect(worker.printed()).toContain('ingestDataset');
  expectNoName(worker.printed(), 'log');
  for (const directory of [lab.home, ...directories]) expect(await expectNoNameInFiles(directory)).toBeGreaterThan(0);
});
