import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CANDIDATE_KINDS } from '../src/contracts/definition.js';
import { learningDigest, loadDefinition, parseDefinition } from '../src/definition.js';
import { minimal, refusal, setting } from './support/definitions.js';
import { temporaryDirectory } from './support/temp.js';

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

  it.each([
    ['gaet', {}, 'churn.json has the unknown key "gaet": did you mean "gate"?'],
    ['candidates.0.options', { maxDept: 3 }, '"candidates[0].options.maxDept": did you mean "maxDepth"?'],
    ['columns.1.imput', 'mean', '"columns[1].imput": did you mean "impute"?'],
    ['gate.minimum', { auc: 0.9 }, 'unknown key "gate.minimum.auc": did you mean "rocAuc"?'],
    ['gate.minimum', { brier: 0.9 }, 'the less of brier the better, so it has no minimum: choose from rocAuc, '],
    ['gate.minimum', { sharpness: 0.9 }, 'unknown key "gate.minimum.sharpness": known are rocAuc, '],
    ['target.labels', { Yes: true, No: false }, 'a boolean at "target.labels.Yes" where one of 0, 1 belongs'],
    ['target.labels', { Yes: '1', No: 0 }, 'a string at "target.labels.Yes" where one of 0, 1 belongs'],
    ['target.labels', { Yes: 2, No: 0 }, 'an unknown value at "target.labels.Yes": choose from 0, 1'],
    ['target.labels', { '': 1, No: 0 }, 'an empty key at "target.labels[""]"'],
    ['target.labels', { '1.0': 1, '0.0': '0' }, 'at "target.labels["0.0"]" where one of 0, 1 belongs'],
    [
      'target.labels',
      { '1': 1, '1.0': 0 },
      'at "target.labels" that does not fit: it must give one class to spellings that',
    ],
    ['target.labels', { yes: 1, ' YES': 0 }, 'that differ only in case or white space.'],
    ['target.positive', 'negative', 'at "target.negative" that does not fit: it must be another name'],
    ['target.negative', ' Positive ', 'it must be another name than that of target.positive.'],
    ['target.positive', 'No', 'a spelling that target.labels gives the class 0, because it names the class 1.'],
    ['target.negative', 'YES', 'a spelling that target.labels gives the class 1, because it names the class 0.'],
    [
      'target.labels',
      { positive: 0, negative: 1 },
      'at "target.positive" that does not fit: it must not be a spelling',
    ],
    ['columns.0.range', [0, Infinity], 'a number beyond 1.8e+308, the largest there is, at "columns[0].range[1]"'],
    ['columns.0.range', [0], 'too short a list at "columns[0].range": give at least 2'],
    ['columns.0.source', '', 'an empty text at "columns[0].source"'],
    ['card', { intendedUse: 'x'.repeat(2001) }, 'a text at "card.intendedUse" of more than 2000 characters'],
    ['candidates', Array(21).fill({ kind: 'cart' }), 'a list at "candidates" of more than 20 entries'],
    ['dataset.dialect', { delimiter: ';' }, '"dataset.dialect.delimiter": known are separator, decimal, encoding'],
    ['dataset.dialect', { separator: '#' }, 'unknown value at "dataset.dialect.separator": choose from auto, ,, ;'],
    ['dataset.missing', [true], 'at "dataset.missing[0]"'],
    ['model', 'm'.repeat(64), 'it must be 1 to 63 lower-case letters, digits and hyphens, a letter first'],
    ['deployment', { alias: 'a b' }, 'it must be 1 to 128 letters, digits, hyphens and underscores, and no number'],
    ['validation', { folds: 2.5 }, 'a number at "validation.folds" where a whole number belongs'],
    ['split', { seed: 'x' }, 'a string at "split.seed" where a number belongs'],
    ['validation', 5, 'a number at "validation" where an object belongs'],
    ['candidates', [], 'an empty list at "candidates": give at least 1'],
    ['candidates.0.kind', 'svm', `unknown kind at "candidates[0].kind": choose from ${CANDIDATE_KINDS.join(', ')}.`],
    ['threshold', { rule: 'recal' }, 'unknown rule at "threshold.rule": choose from fixed, recall, cost, youden.'],
    ['threshold', { rule: 'recall' }, 'churn.json lacks the key "threshold.atLeast" (number)'],
    ['threshold', { rule: 'recall', atLeast: 1.5 }, '"threshold.atLeast" above the limit of 1'],
    ['threshold', { rule: 'recall', atLeast: 0.9, atleast: 1 }, '"threshold.atleast": did you mean "atLeast"?'],
    ['threshold', { rule: 'fixed', value: 0 }, '"threshold.value" that must be above 0'],
    ['threshold', { rule: 'cost', falseNegative: -1 }, '"threshold.falseNegative" that must be above 0'],
    ['threshold', 0.4, 'a number at "threshold" where an object belongs'],
    ['calibration', 'plat', 'unknown value at "calibration": choose from none, platt, isotonic.'],
    ['search.maxTrial', 5, '"search.maxTrial": did you mean "maxTrials"?'],
    ['search', { maxTrials: 501 }, '"search.maxTrials" above the limit of 500'],
    ['gate.championRule', 'best', 'unknown value at "gate.championRule": choose from not-worse, better.'],
    ['gate.championConfidence', 0.3, '"gate.championConfidence" below the limit of 0.5'],
    ['candidates', [{ kind: 'cart' }, { kind: 'cart' }], 'must have distinct names'],
    ['selection', { metric: 'auc' }, 'unknown value at "selection.metric": choose from rocAuc'],
    ['validation', { folds: 1 }, 'below the limit of 2'],
    ['split', { testFraction: 1 }, '"split.testFraction"'],
    ['columns.0.range', [5, 1], 'it must be [low, high], low first'],
    ['columns.1.name', 'age', 'must have distinct names'],
    ['target.source', 'Age', 'at "columns[0].source" that does not fit: it must be another column than target.source'],
    ['target.source', ' Age\t', 'at "columns[0].source" that does not fit: it must be another column'],
    [
      'columns.1.name',
      'label',
      'must not be one of the words that mean something else to a request or a data set: label, ',
    ],
    ['columns.1.name', '__proto__', '"columns[1].name"'],
    ['target.labels', { yes: 1 }, 'must spell both classes'],
    ['deployment', { functionName: 'a b' }, '"deployment.functionName"'],
  ])('with %s = %j is refused in one sentence', (path, value, sentence) => {
    const message = setting(path, value);
    expect(message).toContain(sentence);
    expect(message).toMatch(/^churn\.json (?:has|lacks) .*\.$/);
    expect(message).not.toContain('\n');
  });

  it('takes a source in another Unicode form for the same column', () => {
    const source = (first: string, second: string) => (raw: Record<string, unknown>) => {
      const columns = raw['columns'] as Record<string, unknown>[];
      columns[0]!['source'] = first;
      if (second !== '') columns[1]!['source'] = second;
      else (raw['target'] as Record<string, unknown>)['source'] = first.normalize('NFD');
    };
    expect(refusal(source('Gr\u00f6\u00dfe', ''))).toContain('it must be another column than target.source');
    expect(refusal(source('Gr\u00f6\u00dfe', 'Gro\u0308\u00dfe'))).toContain('must have distinct sources');
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

  it('names a file that is not there or is no JSON', async () => {
    await expect(loadDefinition('pipelines/none.json')).rejects.toThrow('pipelines/none.json cannot be read');
    const path = join(await temporaryDirectory(), 'broken.json');
    await writeFile(path, '{ "model": "x", }');
    await expect(loadDefinition(path)).rejects.toThrow(/broken\.json is not JSON/);
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
