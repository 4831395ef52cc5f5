import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Step } from '../../../src/activities/index.js';
import type { ArtifactRef } from '../../../src/contracts/values.js';
import type { FeaturesResult, FitResult, IngestResult } from '../../../src/contracts/results.js';
import { failureOf } from '../../support/failures.js';
import { resultOf } from '../../support/histories.js';
import { type Lab, openLab, type Run, sampleDefinition } from '../../support/lab.js';
import { connectTemporal } from '../../support/temporal.js';
import { LIMIT_MS } from '../../support/until.js';
import type { Hold } from '../../support/watched-worker.js';

interface Case {
  what: string;
  hold: Hold;
  artifact: (run: Run) => Promise<ArtifactRef>;
}

const CASES: Case[] = [
  {
    what: 'data set',
    hold: { model: 'data-set', activity: 'prepareFeatures', at: 'before' },
    artifact: async (run) => (await resultOf<Step<IngestResult>>(run, 'ingestDataset')).result.dataset,
  },
  {
    what: 'matrix',
    hold: { model: 'matrix', activity: 'crossValidateCandidate', at: 'before' },
    artifact: async (run) => (await resultOf<Step<FeaturesResult>>(run, 'prepareFeatures')).result.matrix,
  },
  {
    what: 'model document',
    hold: { model: 'document', activity: 'publishModel', at: 'before' },
    artifact: async (run) => (await resultOf<Step<FitResult>>(run, 'fitCandidate')).result.model,
  },
];

let temporal: TestWorkflowEnvironment;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  temporal = await connectTemporal();
});
afterAll(async () => {
  for (const close of closing) await close();
  await temporal.teardown();
});

/** Changes one bit in the middle of a stored artifact. */
async function flip({ uri }: ArtifactRef): Promise<void> {
  const bytes = await readFile(fileURLToPath(uri));
  const middle = bytes.length >> 1;
  bytes[middle] = bytes[middle]! ^ 1;
  await writeFile(fileURLToPath(uri), bytes);
}

describe('a bit that flips between two steps', () => {
  const runs = new Map<string, Run>();
  let lab: Lab;

  beforeAll(async () => {
    lab = await openLab(temporal, (close) => closing.push(close));
    const worker = await lab.work(...CASES.map(({ hold }) => hold));
    for (const [index, { hold }] of CASES.entries()) {
      const definition = await sampleDefinition(`model=${hold.model}`, `split.seed=${index}`, 'gate.minimum={}');
      runs.set(hold.model, await lab.start(definition));
    }
    await worker.held;
    for (const { hold, artifact } of CASES) await flip(await artifact(runs.get(hold.model)!));
    worker.release();
  }, LIMIT_MS);

  it.each(CASES)('in the $what is found before it is used', async ({ hold }) => {
    const definition = await sampleDefinition(`model=${hold.model}`);
    const { type, message } = await failureOf(runs.get(hold.model)!);
    expect(type).toBe('ArtifactCorrupt');
    expect(message).toContain('its bytes were changed');
    expect(await lab.publishedVersions(definition.deployment.functionName)).toEqual([]);
    expect(await lab.champions(definition)).toEqual([]);
  });
});

describe('a bit that flips between two runs', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab(temporal, (close) => closing.push(close));
    await lab.work();
  }, LIMIT_MS);

  const first = async (model: string) => {
    const definition = await sampleDefinition(`model=${model}`, 'gate.minimum={}');
    const run = await lab.start(definition);
    await run.result();
    return { definition, run, version: await lab.registry.version(model, 1) };
  };

  it.each([
    ['the serving model', 'champion', 'model'],
    ['the rows that the serving model has seen', 'rows', 'trainingRows'],
  ] as const)('in %s fails the comparison and leaves it serving', async (_, model, which) => {
    const { definition, version } = await first(model);
    await flip(which === 'model' ? version.model : version.lineage.trainingRows);
    const other = await sampleDefinition(`model=${model}`, 'split.seed=7', 'gate.minimum={}', 'gate.championMargin=-1');
    expect((await failureOf(await lab.start(other))).type).toBe('ArtifactCorrupt');
    expect(await lab.serving(definition)).toBe('1');
    expect(await lab.champions(definition)).toEqual([1]);
    expect(await lab.publishedVersions(definition.deployment.functionName)).toEqual(['1']);
  });

  it('in artifacts of steps that could be reused makes them anew, the same', async () => {
    const { definition, run, version } = await first('healed');
    const { matrix } = (await resultOf<Step<FeaturesResult>>(run, 'prepareFeatures')).result;
    const { dataset } = (await resultOf<Step<IngestResult>>(run, 'ingestDataset')).result;
    for (const ref of [dataset, matrix, version.model]) await flip(ref);

    const { outcome, unchanged, model, stages } = await (await lab.start(definition)).result();
    expect({ outcome, unchanged, sha256: model?.sha256 }).toEqual({
      outcome: 'deployed',
      unchanged: true,
      sha256: version.model.sha256,
    });
    const reused = Object.fromEntries(stages.map((entry) => [entry.stage, entry.reused]));
    expect(reused).toMatchObject({ ingest: false, features: false, validate: false, profile: true, train: true });
    for (const ref of [dataset, matrix, version.model]) expect(await lab.store.has(ref)).toBe(true);
    expect(await lab.publishedVersions(definition.deployment.functionName)).toEqual(['1']);
  });
});
