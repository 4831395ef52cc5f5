import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CANDIDATE_KINDS } from '../../../src/ml/learners/index.js';
import { learningDigest, loadDefinition, parseDefinition } from '../../../src/definition/definition.js';
import { minimal, refusal, setting } from '../../support/definitions.js';

const FILE = 'pipelines/anemia.json';

describe('a definition', () => {
  it('is completed with every default', () => {
    const definition = parseDefinition(minimal(), 'churn.json');
    expect(definition.dataset).toEqual({
      uri: 'file:///data/churn.csv',
      maxRejectedShare: 0.05,
      missing: [],
      dialect: { separator: 'auto', decimal: 'auto', encoding: 'auto' },
    });
    expect(definition.validation).toEqual({ folds: 5, repeats: 10, confidence: 0.95, maxRows: 20_000 });
    expect(definition.candidates).toEqual([
      { kind: 'cart', name: 'cart', options: { maxDepth: 3, minLeafRows: 5, exactUpToRows: 1000 }, search: null },
    ]);
    expect(definition.search).toEqual({ maxTrials: 60, maxMinutes: 30, innerFolds: 5, repeats: 2 });
    expect(definition.calibration).toBe('none');
    expect(definition.threshold).toEqual({ rule: 'fixed', value: 0.5 });
    expect(definition.gate).toMatchObject({ championRule: 'not-worse', championConfidence: 0.9 });
    expect(definition.columns[0]).toEqual({ source: 'Age', name: 'age', unit: '', range: [0, 120], impute: 'none' });
    expect(definition.deployment).toMatchObject({
      ...{ functionName: 'churn', alias: 'live', whenBusy: 'wait', strategy: { name: 'all-at-once', steps: [] } },
      function: { create: false, urlAccess: 'AWS_IAM' },
    });
    expect(definition.approval).toEqual({
      ...{ mode: 'automatic', timeoutHours: 72, atTimeout: 'reject' },
      ...{ by: [], fourEyes: false },
    });
  });

  it.each([
    [{ rule: 'fixed' }, { rule: 'fixed', value: 0.5 }],
    [
      { rule: 'fixed', value: 0.2 },
      { rule: 'fixed', value: 0.2 },
    ],
    [
      { rule: 'recall', atLeast: 1 },
      { rule: 'recall', atLeast: 1 },
    ],
    [
      { rule: 'cost', falseNegative: 5 },
      { rule: 'cost', falsePositive: 1, falseNegative: 5 },
    ],
    [{ rule: 'youden' }, { rule: 'youden' }],
  ])('takes the threshold %j as %j', (threshold, complete) => {
    expect(parseDefinition({ ...minimal(), threshold }, 'churn.json').threshold).toEqual(complete);
  });

  it('knows every kind of candidate with its options', () => {
    const candidates = CANDIDATE_KINDS.map((kind) => ({ kind }));
    const definition = parseDefinition({ ...minimal(), candidates }, 'churn.json');
    expect(definition.candidates.map(({ name }) => name)).toEqual(CANDIDATE_KINDS);
    expect(definition.candidates.map(({ options }) => Object.keys(options).length)).toEqual([2, 3, 4, 5, 3, 5]);
  });

  it.each([
    [{ by: ['ada'] }, 'by', 'nobody does where approval is automatic'],
    [{ fourEyes: true }, 'fourEyes', 'nobody does where approval is automatic'],
    [{ mode: 'manual', by: ['ada'], atTimeout: 'approve' }, 'by', 'nobody does where silence approves'],
    [{ mode: 'manual', fourEyes: true, atTimeout: 'approve' }, 'fourEyes', 'nobody does where silence approves'],
    [{ mode: 'manual', by: ['ada', 'ada'] }, 'by', 'must name everybody once'],
    [{ mode: 'manual', by: ['the definition'] }, 'by', 'must name people'],
  ])('refuses the approval %j', (approval, key, why) => {
    const sentence = setting('approval', approval);
    expect(sentence).toContain(`at "approval.${key}" that does not fit: it `);
    expect(sentence).toContain(why);
  });

  it('takes who may approve', () => {
    const approval = { mode: 'manual', by: ['ada', 'arn:aws:iam::123456789012:user/bea'], fourEyes: true };
    expect(parseDefinition({ ...minimal(), approval }, 'churn.json').approval).toMatchObject(approval);
  });

  it('survives a JSON round trip', () => {
    const definition = parseDefinition(minimal(), 'churn.json');
    expect(JSON.parse(JSON.stringify(definition))).toEqual(definition);
  });

  it('without a required key says which', () => {
    expect(refusal((raw) => delete raw['model'])).toBe('churn.json lacks the key "model" (string).');
  });
});

describe('loading', () => {
  it('takes overrides and a dataset', async () => {
    const definition = await loadDefinition(
      FILE,
      ['gate.minimum.rocAuc=0.99', 'candidates.1.options.maxDepth=1', 'deployment.alias=blue'],
      'some.csv',
    );
    expect(definition.gate.minimum['rocAuc']).toBe(0.99);
    expect(definition.candidates[1]).toMatchObject({ kind: 'cart', options: { maxDepth: 1 } });
    const dotted = await loadDefinition(FILE, ['target.labels["1.0"]=1', 'target.labels.0\\.0=0']);
    expect(dotted.target.labels).toEqual({ Yes: 1, No: 0, '1.0': 1, '0.0': 0 });
    expect(definition.deployment.alias).toBe('blue');
    expect(definition.dataset.uri).toBe(pathToFileURL('some.csv').href);
  });

  it.each([
    'folds',
    'a[b]=3',
    '=3',
    'model.name=x',
    '__proto__.x=1',
    'gate.minimum.rocAuc="high"',
    'gate.minium.rocAuc=1',
  ])('refuses the override %s', async (override) => {
    await expect(loadDefinition(FILE, [override])).rejects.toMatchObject({ type: 'DefinitionInvalid' });
    expect({}).not.toHaveProperty('x');
  });

  it.each(['pipelines/anemia.json', 'pipelines/anemia-noninvasive.json'])('accepts %s', async (path) => {
    expect((await loadDefinition(path)).candidates.length).toBeGreaterThanOrEqual(3);
  });
});

describe('the learning digest', () => {
  const digest = async (...overrides: string[]) => learningDigest(await loadDefinition(FILE, overrides));

  it('changes with what is learned and with nothing else', async () => {
    const original = await digest();
    expect(await digest('gate.championMargin=-0.1', 'deployment.alias=blue', 'dataset.uri=other.csv')).toBe(original);
    expect(await digest('split.seed=7')).not.toBe(original);
    expect(await digest('candidates.2.options.trees=7')).not.toBe(original);
    expect(await digest('calibration=platt')).not.toBe(original);
    expect(await digest('threshold={"rule":"youden"}')).not.toBe(original);
    expect(await digest('search.innerFolds=3')).not.toBe(original);
  });

  it.each([
    ['CodeDeployDefault.LambdaCanary10Percent5Minutes', [[10, 300]]],
    ['LambdaLinear10PercentEvery2Minutes', [10, 20, 30, 40, 50, 60, 70, 80, 90].map((percent) => [percent, 120])],
    ['CodeDeployDefault.LambdaAllAtOnce', []],
    [{ kind: 'canary', percent: 25, bakeMinutes: 0.5 }, [[25, 30]]],
    [{ kind: 'linear', percent: 40, everyMinutes: 1 }, [[40, 60], [80, 60]]], // prettier-ignore
  ])('knows the strategy %j', async (strategy, steps) => {
    const { deployment } = await loadDefinition('pipelines/anemia.json', [
      `deployment.strategy=${JSON.stringify(strategy)}`,
    ]);
    expect(deployment.strategy.steps.map(({ percent, bakeSeconds }) => [percent, bakeSeconds])).toEqual(steps);
  });

  it.each([
    ['deployment.strategy=LambdaCanary', /must be one of all-at-once, LambdaAllAtOnce, .*or an object of kind/],
    ['deployment.strategy={"kind":"canary","percent":100}', /strategy\.percent" that must be below 100/],
    ...[
      'https://clinic.example/',
      'null',
      'clinic.example',
      'https://u@clinic.example',
      'file:///x',
      'https://*.example',
    ].map((origin): [string, RegExp] => [
      `deployment.function.cors={"allowOrigins":["${origin}"]}`,
      /must be an origin like https:\/\/clinic\.example, or \*/,
    ]),
    ['deployment.function.cors={"allowOrigins":["*","https://clinic.example"]}', /must hold \* alone/],
    ['deployment.function.runtime=nodejs20.x', /must be nodejs22\.x or newer/],
    ['deployment.function.role=me', /must be the ARN of an IAM role/],
    ['approval=someday', /"approval\.mode": choose from automatic, manual/],
    ['deployment.judge.minRequests=3', /did you mean "minimumRequests"/],
  ])('refuses %s', async (setting, message) => {
    await expect(loadDefinition('pipelines/anemia.json', [setting])).rejects.toThrow(message);
  });
});
