import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CANDIDATE_KINDS } from '../../../src/ml/learners/index.js';
import { loadDefinition, parseDefinition } from '../../../src/definition/definition.js';
import { refusal, setting } from '../../support/definitions.js';
import { temporaryDirectory } from '../../support/temp.js';

describe('a definition', () => {
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
    [
      'dataset.dialect',
      { separator: '#' },
      'unknown value at "dataset.dialect.separator": choose from auto, ",", ";", "\\t", "|".',
    ],
    ['dataset.missing', [true], 'a boolean at "dataset.missing[0]" where a string or a number belongs.'],
    ['deployment.strategy', 5, 'a number at "deployment.strategy" where a string or an object belongs.'],
    [
      'deployment.strategy',
      { kind: 'blue' },
      'an unknown kind at "deployment.strategy.kind": choose from canary, linear.',
    ],
    ['deployment.strategy', { percent: 5 }, 'lacks the key "deployment.strategy.kind": choose from canary, linear.'],
    [
      'deployment.strategy',
      { kind: 'canary', bake: 5 },
      '"deployment.strategy.bake": did you mean "bakeMinutes"? Known are kind, percent, bakeMinutes.',
    ],
    [
      'deployment.function.cors',
      { allowOrigins: ['*'], allowMethods: ['PUT'] },
      '"deployment.function.cors.allowMethods": known are allowOrigins, allowHeaders, maxAgeSeconds.',
    ],
    [
      'candidates.0.search',
      { method: 'random', trials: 2, options: { maxDepth: { low: 1, max: 5 } } },
      'lacks the key "candidates[0].search.options.maxDepth.high" (number).',
    ],
    ['candidates', [{}], 'lacks the key "candidates[0].kind": choose from logistic-regression, '],
    ['threshold', { value: 0.4 }, 'lacks the key "threshold.rule": choose from fixed, recall, cost, youden.'],
    ['gate.minimum', { '': 1 }, 'the unknown key "gate.minimum[""]": known are rocAuc, '],
    ['split', { stratify: true }, 'the unknown key "split.stratify": known are testFraction, seed.'],

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
    [
      'columns.1.name',
      'age',
      'at "columns[1].name" that does not fit: it must be another name than that of columns[0].',
    ],
    ['target.source', 'Age', 'at "columns[0].source" that does not fit: it must be another column than target.source'],
    ['target.source', ' Age\t', 'at "columns[0].source" that does not fit: it must be another column'],
    [
      'columns.1.name',
      'label',
      'must not be one of the words that mean something else to a request, a data set or a drift check: label, ',
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
    expect(refusal(source('Gr\u00f6\u00dfe', 'Gro\u0308\u00dfe'))).toContain(
      'at "columns[1].source" that does not fit: it must be another source than that of columns[0].',
    );
  });

  it.each([
    [[], 'churn.json is a list where an object belongs.'],
    [null, 'churn.json is null where an object belongs.'],
    ['model', 'churn.json is a string where an object belongs.'],
  ])('is no definition when it is %j', (raw, sentence) => {
    expect(() => parseDefinition(raw, 'churn.json')).toThrow(sentence);
  });
});

describe('a file that holds no definition', () => {
  it.each([
    ['{\n  "model": "x",\n}', 'is not JSON in line 3: take out the comma that no value follows.'],
    ["{'model': 'x'}", 'is not JSON in line 1: JSON encloses names and texts in double quotes (").'],
    ['{\n  model: "x"}', 'is not JSON in line 2: JSON encloses names'],
    ['{\n  // the model\n  "model": "x"}', 'is not JSON in line 2: JSON has no comments'],
    ['{"gate": None}', 'is not JSON in line 1: JSON writes null, true and false.'],
    ['{"range": [0, Infinity]}', 'is not JSON in line 1: JSON knows no NaN and no Infinity.'],
    ['{"range": [.5, 1]}', 'is not JSON in line 1: JSON writes numbers like -0.5 or 1e3.'],
    ['{"model":\n"x"', 'is not JSON in line 2: the file ends before the bracket or quote is closed.'],
    ['{}\n{}', 'is not JSON in line 2: the object ends before it, so take out what follows.'],
    ['model: x\n', 'is not JSON in line 1: a definition is one object in JSON, like pipelines/anemia.json.'],
    ['Age,Left\n41,No\n', 'is not JSON in line 1: a definition is one object in JSON'],
    [' \n', 'is empty: a definition is one object in JSON, like pipelines/anemia.json.'],
  ])('%j is told why', async (text, sentence) => {
    const path = join(await temporaryDirectory(), 'broken.json');
    await writeFile(path, text);
    await expect(loadDefinition(path)).rejects.toMatchObject({
      type: 'DefinitionInvalid',
      message: expect.stringContaining(`broken.json ${sentence}`) as string,
    });
  });

  it('is told to be named when it is a folder or not there', async () => {
    const folder = join(await temporaryDirectory(), 'pipelines');
    await mkdir(folder);
    for (const path of [folder, join(folder, 'none.json')])
      await expect(loadDefinition(path)).rejects.toThrow(
        `${path} cannot be read: give --definition the path of a JSON`,
      );
  });
});
