import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { listModels, writeOff } from '../../../src/client/models.js';
import { lostVersion, writtenOffText } from '../../../src/cli/commands/models/write-off.js';
import { modelsTable } from '../../../src/cli/commands/models/list.js';
import { compareVersions } from '../../../src/client/compare-versions.js';
import * as comparison from '../../../src/cli/commands/models/compare.js';
import { describeVersion, findOneVersion, findVersion } from '../../../src/client/versions.js';
import * as texts from '../../../src/cli/commands/models/show.js';
import { METRIC_NAMES } from '../../../src/contracts/vocabulary.js';
import { decodeMatrix } from '../../../src/data/matrix.js';
import { encodeTrainingRows } from '../../../src/data/row-fingerprints.js';
import type { ModelVersion } from '../../../src/registry/registry.js';
import { FINGERPRINT_KEY } from '../../support/task-context.js';
import { bringIntoService, openRegistered, type Registered } from './registered.js';

/** Wherever tests run, colours are not what they are about. */
const plain =
  <T>(tell: (of: T) => string) =>
  (of: T): string =>
    stripVTControlCharacters(tell(of));
const versionText = plain(texts.versionText);
const originsText = plain(texts.originsText);
const comparisonText = plain(comparison.comparisonText);

let opened: Registered;
let first: ModelVersion;
let second: ModelVersion;

beforeEach(async () => {
  opened = await openRegistered();
  first = await opened.register(-1);
  second = await opened.register(1, { commit: 'b'.repeat(40) });
  await bringIntoService(opened.registry);
});

describe('finding versions', () => {
  const find = async (text: string, model?: string) => {
    const found = await findVersion(opened.registry, text, model);
    return 'one' in found ? found.one.version : found.from.map(({ version, what }) => [version.version, what]);
  };

  it('by number, alias, the beginning of a model hash, and a workflow id', async () => {
    expect(await find('2')).toBe(2);
    expect(await find('champion')).toBe(2);
    expect(await find(first.model.sha256.slice(0, 6))).toBe(1);
    expect(await find(first.model.sha256)).toBe(1);
    expect(await find('train-anemia--1')).toBe(1);
  });

  it('the other way round lists what came from data, definition, commit and runs', async () => {
    const both = (what: string) => [
      [1, what],
      [2, what],
    ];
    expect(await find('d'.repeat(8))).toEqual(both('data set'));
    expect(await find('e'.repeat(64))).toEqual(both('source data'));
    expect(await find('f'.repeat(6))).toEqual(both('definition'));
    expect(await find(first.lineage.definition.sha256)).toEqual(both('definition'));
    expect(await find('b'.repeat(7))).toEqual([[2, 'commit']]);
    expect(await find('train-anemia')).toEqual(both('run'));
    const found = await findVersion(opened.registry, 'd'.repeat(8));
    expect('from' in found ? originsText(found.from) : '').toMatch(/data set d{64}\n(.*\n)+.*│ anemia │ 2 /);
  });

  it('says in a sentence what it did not find, or found several times', async () => {
    await expect(find('7')).rejects.toThrow(/^There is no version 7; .* at least 6 characters\.$/);
    await expect(find('abc')).rejects.toThrow('no version abc');
    await expect(find('0123456789')).rejects.toThrow(/^Nothing that is registered has .* begins with 0123456789; /);
    await expect(find('1', 'nobody')).rejects.toThrow('There is no model nobody; known are anemia.');
    await expect(findOneVersion(opened.registry, 'd'.repeat(8))).rejects.toThrow(
      'can be anemia version 1, anemia version 2: give a version number.',
    );
    await opened.register(1, {}, 'other');
    await expect(find('1')).rejects.toThrow('can be anemia version 1, other version 1: name one of the models');
    expect(await find('1', 'other')).toBe(1);
    expect(await find('2')).toBe(2);
  });
});

describe('showing a version', () => {
  const shown = async (version: ModelVersion, ui: string | null = 'http://ui/run') =>
    describeVersion({ ...opened, uiOf: () => Promise.resolve(ui) }, version);

  it('goes from what serves to data, definition, commit, run and approval', async () => {
    const text = versionText(await shown(second));
    for (const part of [
      'anemia version 2  cart, registered 2026-03-01 12:02 UTC, passed its gate',
      /now +anemia:live since 2026-03-01 12:\d\d UTC, by someone: passed its gate/,
      /aliases +champion/,
      second.model.sha256,
      /data +\/data\.csv/,
      ...['e', 'd', 'f'].map((digit) => digit.repeat(64)),
      await opened.pathOf(second.lineage.definition),
      `0.1.0, commit ${'b'.repeat(40)}`,
      /run +train-anemia-1\n +http:\/\/ui\/run\n +started by ada/,
      'maxDepth 6, minLeafRows 3, exactUpToRows 5000',
      /trained on +83 rows, 21 positive/,
      /threshold +0\.500, fixed/,
      /ROC AUC +│ 0\.900 {2}0\.800 to 1\.000 │/,
      /approved +2026-03-01 12:\d\d UTC by the reviewer: recall is up/,
      'all 11 intact',
      'npm run models -- export 2 --model anemia --to DIR',
    ])
      expect(text).toMatch(part);
    expect(versionText(await shown(first))).toMatch(
      /before +anemia:live 2026-03-01 12:\d\d UTC to 2026-03-01 12:\d\d UTC/,
    );
  });

  it('tells which artifacts are missing or changed', async () => {
    await rm(await opened.pathOf(second.lineage.matrix));
    await appendFile(await opened.pathOf(second.portable!['model.onnx']), 'more');
    const described = await shown(second);
    const bad = described.artifacts.filter(({ state }) => state !== 'intact');
    expect(bad.map(({ name, state }) => [name, state])).toEqual([
      ['model.onnx', 'changed'],
      ['matrix', 'missing'],
    ]);
    expect(versionText(described)).toMatch(/9 of 11 intact\n.*model\.onnx is changed/);
    expect(versionText(described).replace(/\s+/g, ' ')).toContain(
      'matrix, reference, training rows tell of single rows: only the store of the worker that trained has them',
    );
    await rm(await opened.pathOf(second.model));
    const without = versionText(await shown(second, null));
    expect(without).toContain('not known without model.json');
    expect(without).toContain(second.lineage.runId);
  });

  it('takes one that nothing happened to', async () => {
    const fresh = versionText(await shown(await opened.register(1, {}, 'other')));
    expect(fresh).toContain('never served');
    expect(fresh).toContain('nobody decided');
  });
});

describe('a version whose record is gone', () => {
  it('is told of with what helps, and written off', async () => {
    await rm(join(opened.root, 'registry', 'anemia', 'versions', '2.json'));
    const rows = await listModels(opened.registry);
    expect(rows).toMatchObject([
      { version: 2, gate: 'gone', aliases: ['champion'], sha256: second.model.sha256 },
      { version: 1, gate: 'passed' },
    ]);
    const text = modelsTable(rows).replaceAll('\n', ' ');
    expect(text).toContain('Version 2 of anemia, its champion, is gone from the registry');
    expect(text).toContain('npm run models -- write-off 2 --model anemia');
    const options = { model: 'anemia', because: 'deleted by hand', by: 'ada' };
    const lost = await writeOff(opened.registry, 2, options);
    expect(lost).toEqual({ model: 'anemia', version: 2, aliases: ['champion'] });
    expect(writtenOffText(lost)).toBe(
      'Version 2 of anemia is written off. It was champion, which is now no version. What serves keeps serving.',
    );
    expect((await opened.registry.log('anemia')).find(({ event }) => event === 'written-off')).toMatchObject({
      ...{ version: 2, by: 'ada', proof: 'claimed', reason: 'deleted by hand' },
    });
    expect((await listModels(opened.registry)).map(({ version, aliases }) => [version, aliases])).toEqual([[1, []]]);
    await expect(writeOff(opened.registry, 1, options)).rejects.toThrow('is there, and only what is gone');
    const forged = { ...options, because: 'lost\n✔ deploy' };
    await expect(writeOff(opened.registry, 2, forged)).rejects.toThrow('--because has line breaks');
    for (const text of ['champion', '0', '1.5']) expect(() => lostVersion(text)).toThrow('is no version number');
  });
});

describe('comparing versions', () => {
  const compare = (a: string, b: string) => compareVersions(opened.sources, [a, b], { confidence: 0.9 });

  it('measures both on the hold-out that neither has seen, in the order asked for', async () => {
    const there = await compare('2', '1');
    expect(there).toMatchObject({
      ...{ model: 'anemia', holdoutOf: 2, minimumRowsPerClass: 10 },
      ...{ a: { version: 2, sha256: second.model.sha256 }, b: { version: 1 } },
      comparison: { rows: 200, confidence: 0.9 },
    });
    expect(there.comparison.metrics.rocAuc.difference!.low).toBeGreaterThan(0.5);
    const back = await compare(first.model.sha256.slice(0, 8), 'champion');
    expect(back).toMatchObject({ holdoutOf: 2, a: { version: 1 }, b: { version: 2 }, comparison: { rows: 200 } });
    for (const metric of METRIC_NAMES)
      expect(back.comparison.metrics[metric].difference!.value).toBeCloseTo(
        -there.comparison.metrics[metric].difference!.value,
        12,
      );
    const text = comparisonText(there);
    expect(text).toMatch(/On 200 rows, \d+ positive: the hold-out of version 2 without what the other was trained on/);
    expect(text).toMatch(/ROC AUC +│ +0\.\d{3} │ +0\.\d{3} │ \+0\.\d{3} {2}\+0\.\d{3} to \+0\.\d{3} │ better/);
    expect(text).not.toContain('Only');
    const rough = { ...there, comparison: { ...there.comparison, positives: 4 } };
    expect(comparisonText(rough)).toContain('Only 4 rows of the smaller class: below 10 (gate.minimumRowsPerClass)');
  });

  it('says in a sentence why not', async () => {
    await expect(compare('2', 'champion')).rejects.toThrow('are both version 2 of anemia: name two different ones.');
    expect(() => comparison.readConfidence('90')).toThrow('--confidence is not a level from 0.5 to 0.999');
    await rm(await opened.pathOf(second.lineage.matrix));
    await expect(compare('2', '1')).rejects.toThrow(/^The rows of version 2 are not in this store, or changed: .*\.$/);
  });

  it('says so when too few rows are new to both', async () => {
    // Every row of the hold-out is one that the older version was trained on.
    const { columns, labels } = decodeMatrix(await opened.store.get(second.lineage.matrix));
    const all = Int32Array.from(labels, (_, row) => row);
    const trainingRows = await opened.store.put(encodeTrainingRows(FINGERPRINT_KEY, { columns, labels }, all));
    await opened.register(-1, { trainingRows }, 'other');
    await opened.register(1, {}, 'other');
    const asked = { confidence: 0.9, model: 'other' };
    await expect(compareVersions(opened.sources, ['1', '2'], asked)).rejects.toThrow(
      /^Only 0 hold-out rows of version 2, 0 of them positive, are new to version 1, .*split\.seed of the other/,
    );
  });

  it('says where, when this store does not know what a version was trained on', async () => {
    await rm(await opened.pathOf(first.lineage.trainingRows));
    await expect(compare('1', '2')).rejects.toThrow(
      'Which rows version 1 was trained on is known only to the store that trained it, under its key, and this one is another: compare there, or train that version again here.',
    );
  });
});
