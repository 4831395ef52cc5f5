import { describe, expect, it } from 'vitest';
import { onnxModel } from '../../../../src/model/onnx/onnx-model.js';
import { treesOf } from '../../../../src/ml/learners/index.js';
import { CALIBRATIONS, IMPUTED, KINDS, randomDocument, type Shape } from './random-models.js';
import { doublesOf, readOnnx, type ReadModel } from './read-onnx.js';

const [INT64, DOUBLE] = [7, 11];

const SHAPE: Shape = { kind: 'logistic-regression', calibration: 'none', imputed: 'some', features: 3, seed: 1 };
const build = (shape: Partial<Shape> = {}): ReadModel => readOnnx(onnxModel(randomDocument({ ...SHAPE, ...shape })));

const operators = ({ graph }: ReadModel): string[] => graph.node.map(({ opType }) => opType);
const constant = ({ graph }: ReadModel, name: string): number[] =>
  doublesOf(graph.initializer.find((tensor) => tensor.name === name)!);
const signature = ({ graph }: ReadModel) =>
  [...graph.input, ...graph.output].map(({ name, type: { tensorType } }) => [
    name,
    tensorType.elemType,
    ...tensorType.shape.dim.map(({ dimParam, dimValue }) => dimParam ?? dimValue),
  ]);

const cases = KINDS.flatMap((kind) =>
  CALIBRATIONS.flatMap((calibration) => IMPUTED.map((imputed) => [kind, calibration, imputed] as const)),
);

describe.each(cases)('%s, calibration %s, imputation of %s', (kind, calibration, imputed) => {
  const model = build({ kind, calibration, imputed });

  it('uses values that exist, each made once', () => {
    const known = new Set([...model.graph.input, ...model.graph.initializer].map(({ name }) => name));
    expect(known.size).toBe(model.graph.input.length + model.graph.initializer.length);
    for (const { input, output } of model.graph.node) {
      expect(input.filter((name) => !known.has(name))).toEqual([]);
      for (const name of output) {
        expect(known).not.toContain(name);
        known.add(name);
      }
    }
    expect([...known]).toEqual(expect.arrayContaining(model.graph.output.map(({ name }) => name)));
  });

  it('uses standard operators, trees of ai.onnx.ml among them', () => {
    const trees = model.graph.node.filter(({ domain }) => domain === 'ai.onnx.ml');
    const isOfTrees = treesOf(randomDocument({ ...SHAPE, kind }).estimator).length > 0;
    expect(new Set(trees.map(({ opType }) => opType))).toEqual(
      new Set(isOfTrees || calibration === 'isotonic' ? ['TreeEnsemble'] : []),
    );
    expect(model.graph.node.every(({ domain }) => domain === '' || domain === 'ai.onnx.ml')).toBe(true);
  });
});

it('says what it is', () => {
  const model = build({ kind: 'cart', calibration: 'platt' });
  expect(model).toMatchObject({ irVersion: 10, producerName: 'anemia-mlops', producerVersion: '0.1.0' });
  expect(model.opsetImport).toEqual([
    { domain: '', version: 21 },
    { domain: 'ai.onnx.ml', version: 5 },
  ]);
  expect(Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value]))).toEqual({
    model: 'random-model',
    kind: 'cart',
    calibration: 'platt',
    'label.negative': 'No',
    'label.positive': 'Yes',
    threshold: '0.5',
  });
  const [hb, second] = model.graph.input;
  expect(hb!.docString).toMatch(/^g\/dL, trained on 1 to 25; a missing value \(NaN\) becomes [\d.]+\.$/);
  expect(second!.docString).toBe('no unit, trained on 0 to 100; required.');
});

describe('inputs and outputs', () => {
  it('are vectors, and an output gives way to a feature of its name', () => {
    expect(signature(build())).toEqual([
      ['hb', DOUBLE, 'rows'],
      ['probability', DOUBLE, 'rows'],
      ['red', DOUBLE, 'rows'],
      ['label', INT64, 'rows'],
      ['probability_', DOUBLE, 'rows'],
    ]);
  });

  it('are a column and vectors for a single feature, which MLflow feeds as a column', () => {
    expect(signature(build({ features: 1 }))).toEqual([
      ['hb', DOUBLE, 'rows', 1],
      ['label', INT64, 'rows'],
      ['probability', DOUBLE, 'rows'],
    ]);
  });
});

describe('missing values', () => {
  it('are filled where a feature has an imputation', () => {
    const { features } = randomDocument(SHAPE);
    expect(constant(build(), 'Imputations')).toEqual(features.map(({ imputation }) => imputation ?? NaN));
    expect(constant(build(), 'NoProbability')).toEqual([NaN]);
  });

  it('cost no operator where they cannot be', () => {
    expect(operators(build({ imputed: 'all' }))).not.toContain('ReduceMax');
    expect(build({ imputed: 'none' }).graph.initializer.map(({ name }) => name)).not.toContain('Imputations');
  });
});

describe('trees', () => {
  const attributesOf = (model: ReadModel) =>
    model.graph.node
      .filter(({ opType }) => opType === 'TreeEnsemble')
      .map(({ attribute }) => Object.fromEntries(attribute.map((item) => [item.name, item])));

  it('keep every threshold and value to the last bit, and go left at a threshold', () => {
    const document = randomDocument({ ...SHAPE, kind: 'gradient-boosting' });
    const trees = treesOf(document.estimator).filter(({ feature }) => feature[0]! >= 0);
    const found = attributesOf(readOnnx(onnxModel({ ...document, estimator: { kind: 'random-forest', trees } })));
    const of = (pick: 'threshold' | 'value', isLeaf: boolean) =>
      trees.flatMap((tree) => tree[pick].filter((_, node) => tree.feature[node]! < 0 === isLeaf));
    expect(found.flatMap(({ nodes_splits }) => doublesOf(nodes_splits!.t!))).toEqual(of('threshold', false));
    expect(found.flatMap(({ leaf_weights }) => doublesOf(leaf_weights!.t!))).toEqual(of('value', true));
    expect(new Set(found.flatMap(({ nodes_modes }) => [...nodes_modes!.t!.rawData]))).toEqual(new Set([0]));
  });

  it('are a split with one leaf on both sides when they are a leaf', () => {
    const tree = { feature: [-1], threshold: [0], left: [-1], right: [-1], value: [0.25] };
    const [found] = attributesOf(readOnnx(onnxModel({ ...randomDocument(SHAPE), estimator: { kind: 'cart', tree } })));
    expect(found).toMatchObject({
      nodes_trueleafs: { ints: [1] },
      nodes_falseleafs: { ints: [1] },
      nodes_truenodeids: { ints: [0] },
      nodes_falsenodeids: { ints: [0] },
    });
    expect(doublesOf(found!['leaf_weights']!.t!)).toEqual([0.25]);
  });
});

it('finds the segments of an isotonic calibration by the points from which they start', () => {
  const document = randomDocument(SHAPE);
  const calibration = { kind: 'isotonic' as const, scores: [0.1, 0.2, 0.6], probabilities: [0, 0.25, 1] };
  const model = readOnnx(onnxModel({ ...document, calibration }));
  expect(constant(model, 'Starts')).toEqual([0.1, 0.2, 0.6]);
  expect(constant(model, 'Widths')).toEqual([0.1, 0.6 - 0.2, 1]);
  expect(constant(model, 'Rises')).toEqual([0.25, 0.75, 0]);
});
