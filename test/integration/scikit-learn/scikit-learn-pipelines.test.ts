import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Definition } from '../../../src/contracts/definition.js';
import type { PipelineOutcome } from '../../../src/contracts/pipeline.js';
import { loadDefinition } from '../../../src/definition/definition.js';
import { stratifiedFolds, stratifiedSplit } from '../../../src/ml/evaluation/split.js';
import { positionsWhere } from '../../../src/ml/table.js';
import { type Lab, openLab } from '../../support/lab.js';
import { makeDirectory } from '../../support/temp.js';
import { connectTemporal } from '../../support/temporal.js';
import { askScikitLearn } from './scikit-learn.js';

const NAMES = ['breast-cancer', 'wine', 'digits'] as const;
const KINDS = ['cart', 'random-forest', 'gradient-boosting'] as const;
const FARTHEST = 0.01;

/** The same in both programs. */
const OPTIONS = {
  cart: { maxDepth: 4, minLeafRows: 5 },
  'random-forest': { trees: 50, maxDepth: 6, minLeafRows: 2 },
  'gradient-boosting': { trees: 50, learningRate: 0.1, maxDepth: 3, minLeafRows: 5, l2Regularization: 1 },
};

type Name = (typeof NAMES)[number];
type Aucs = Record<(typeof KINDS)[number], number>;

/** A table as scikit-learn ships it; its rows are in NAME.csv. */
interface Shipped {
  columns: { source: string; range: [number, number] }[];
  labels: number[];
}

/** A definition file as a person would write it. */
function definitionOf(name: Name, { columns }: Shipped, csv: string) {
  return {
    model: name,
    dataset: { uri: csv },
    columns: columns.map(({ source, range: [low, high] }) => ({
      source,
      name: source.toLowerCase().replace(/[^a-z0-9]+/g, '_'),
      range: [low, Math.max(high, low + 1)],
    })),
    target: { source: 'target', labels: { yes: 1, no: 0 } },
    validation: { folds: 5, repeats: 4 },
    candidates: KINDS.map((kind) => ({ kind, options: OPTIONS[kind] })),
  };
}

/** The fold of every row, repeat by repeat, as the pipeline deals them; -1 for the hold-out. */
function foldsOf({ labels }: Shipped, { split, validation }: Definition): number[][] {
  const classes = Uint8Array.from(labels);
  const roles = stratifiedSplit(classes, split.testFraction, split.seed);
  const train = positionsWhere(roles.length, (row) => roles[row] === 0);
  return Array.from({ length: validation.repeats }, (_, repeat) => {
    const dealt = stratifiedFolds(classes, train, validation.folds, split.seed + repeat);
    const folds = labels.map(() => -1);
    train.forEach((row, i) => (folds[row] = dealt[i]!));
    return folds;
  });
}

describe('whole pipelines on the tables that scikit-learn ships, from generated definition files', () => {
  const closing: (() => Promise<unknown>)[] = [];
  let lab: Lab;
  let temporal: TestWorkflowEnvironment;
  const outcomes = new Map<Name, PipelineOutcome>();
  let theirs: Record<Name, Aucs>;

  beforeAll(async () => {
    const directory = await makeDirectory();
    closing.push(() => rm(directory, { recursive: true, force: true }));
    temporal = await connectTemporal();
    closing.push(() => temporal.teardown());
    lab = await openLab(temporal, (close) => closing.push(close));
    await lab.work();

    const shipped = await askScikitLearn<Record<Name, Shipped>>('tables', directory, {});
    const definitions = await Promise.all(
      NAMES.map(async (name) => {
        const path = join(directory, `${name}.json`);
        await writeFile(path, JSON.stringify(definitionOf(name, shipped[name], join(directory, `${name}.csv`))));
        return [name, await loadDefinition(path)] as const;
      }),
    );
    const asked = definitions.map(([name, definition]) => {
      return [name, { folds: foldsOf(shipped[name], definition), options: OPTIONS }] as const;
    });
    const validated = askScikitLearn<typeof theirs>('validate', directory, { tables: Object.fromEntries(asked) });
    for (const [name, definition] of definitions) outcomes.set(name, await (await lab.start(definition)).result());
    theirs = await validated;
  }, 240_000);
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });

  describe.each(NAMES)('%s', (name) => {
    it('is trained, judged and deployed without a line of code', () => {
      expect(outcomes.get(name)).toMatchObject({ outcome: 'deployed', dataset: { rejected: 0 } });
    });

    it.each(KINDS)('%s ranks as well as scikit-learn, on the same folds, within 0.01 AUC', (kind) => {
      const { leaderboard } = outcomes.get(name)!;
      const row = leaderboard.find(({ candidate, without }) => candidate === kind && without === null);
      expect(row).toMatchObject({ kind, folds: 5, repeats: 4 });
      expect(Math.abs(row!.metrics.rocAuc.value! - theirs[name][kind])).toBeLessThan(FARTHEST);
    });
  });
});
