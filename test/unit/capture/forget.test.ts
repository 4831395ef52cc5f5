import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { acceptFeedback } from '../../../src/capture/feedback.js';
import { eraseLines, forgetPrediction, type Forgotten, pruneCapture } from '../../../src/capture/retention.js';
import type { Objects } from '../../../src/store/objects.js';
import { forgottenText } from '../../../src/cli/commands/forget.js';
import { prunedText, timesOf } from '../../../src/cli/commands/prune.js';
import { forget, prune } from '../../../src/client/captures.js';
import { sha256Of } from '../../../src/store/files.js';
import { createMemoryObjects } from '../../../src/testing/memory-objects.js';
import { logKey } from '../registry/log-key.js';
import { temporaryDirectory } from '../../support/temp.js';
import { HOUR, idOf, linesOf, MODEL, readAll, refusalOf, putText } from './lines.js';
import { createFileObjects } from '../../../src/store/file-objects.js';
import { createRegistry } from '../../../src/registry/stored-registry.js';

const target = { labels: { Yes: 1, No: 0 }, positive: 'anaemic', negative: 'not anaemic' } as const;
const BATCH = { inputs: Array.from({ length: 9000 }, () => [43, 30, 10]) };
const text = (...lines: string[]) => lines.map((line) => `${line}\n`).join('');

/** A capture with three requests in plain and packed files, a refused one, and labels of two. */
async function filled(capture: Objects, pack: (path: string, lines: string) => Promise<void>) {
  const lines = (name: string, more: object = {}) => linesOf({ id: idOf(name), ...more });
  await putText(capture, `${HOUR}/a.jsonl`, text(...lines('stays'), ...lines('goes'), refusalOf({ id: idOf('goes') })));
  await pack(`${HOUR}/b.jsonl.gz`, text(...lines('goes', BATCH), ...lines('stays too')));
  const path = join(await temporaryDirectory(), 'labels.csv');
  await writeFile(path, `id,label,row\n${idOf('goes')},1,3\n${idOf('stays')},0,0\n`);
  await acceptFeedback({ capture, model: MODEL, target, path, now: () => new Date('2026-01-02T05:00:00Z') });
}

/** All that is kept, unpacked. */
async function kept(capture: Objects): Promise<string> {
  let all = '';
  for (const path of await capture.list('')) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of capture.open(path)) chunks.push(Uint8Array.from(chunk));
    const bytes = Buffer.concat(chunks);
    all += path.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString();
  }
  return all;
}

async function inFiles() {
  const root = await temporaryDirectory();
  const capture = createFileObjects(root);
  return { root, capture, pack: (path: string, lines: string) => writeFile(join(root, path), gzipSync(lines)) };
}

function inBucket() {
  const objects = createMemoryObjects();
  const pack = async (path: string, lines: string) => {
    await objects.put(path, gzipSync(lines), 'always');
  };
  return Promise.resolve({ root: null, capture: objects, pack });
}

describe.each([
  ['files', inFiles],
  ['a bucket', inBucket],
])('in %s', (_, open) => {
  it('a forgotten prediction leaves nothing, and the others stay', async () => {
    const { capture, pack } = await open();
    await filled(capture, pack);
    const batchLines = linesOf({ id: idOf('goes'), ...BATCH }).length;
    expect(batchLines).toBeGreaterThan(1);
    const reported: Forgotten[] = [];
    const record = (forgotten: Forgotten) => Promise.resolve(void reported.push(forgotten));
    const expected = [{ model: MODEL, lines: batchLines + 2, labels: 1 }];
    expect(await forgetPrediction(capture, idOf('goes'), record)).toEqual(expected);
    expect(reported).toEqual(expected);
    const left = await kept(capture);
    expect(left).not.toContain(idOf('goes'));
    for (const name of ['stays', 'stays too']) expect(left).toContain(idOf(name));
    expect((await readAll(capture)).summary).toMatchObject({ rows: 2, brokenLines: 0 });
    expect(await forgetPrediction(capture, idOf('goes'), record)).toEqual([]);
    expect(reported).toEqual(expected);
  });

  it('days that are older go, with their labels, and later ones stay', async () => {
    const { capture, pack } = await open();
    await filled(capture, pack);
    const [late] = linesOf({ id: idOf('late'), time: '2026-01-03T00:10:00.000Z' });
    await putText(capture, `${MODEL}/date=2026-01-03/hour=00/c.jsonl`, `${late!}\n`);
    expect(await pruneCapture(capture, new Date('2026-01-02T23:59:00Z'))).toBe(0);
    expect(await pruneCapture(capture, new Date('2026-01-03T00:00:00Z'))).toBe(3);
    expect(await capture.list('')).toEqual([`${MODEL}/date=2026-01-03/hour=00/c.jsonl`]);
  });
});

it('what is captured while a prediction is forgotten is not lost', async () => {
  const { capture } = await inFiles();
  const lines = (name: string) => text(...linesOf({ id: idOf(name) }));
  await putText(capture, `${HOUR}/a.jsonl`, lines('goes'));
  const added: Promise<void>[] = [];
  await eraseLines(capture, `${HOUR}/a.jsonl`, (line) => {
    if (added.length === 0) added.push(capture.append!(`${HOUR}/a.jsonl`, Buffer.from(lines('comes'))));
    return line.includes(idOf('goes'));
  });
  await Promise.all(added);
  expect(await kept(capture)).toBe(lines('comes'));
});

it('a file that is pruned meanwhile has nothing to forget', async () => {
  const { capture } = await inFiles();
  for (const path of [`${HOUR}/a.jsonl`, `${HOUR}/b.jsonl.gz`])
    expect(await eraseLines(capture, path, () => true)).toBe(0);
});

it('names the packed file that is damaged, which may hold the prediction, and what to do about it', async () => {
  const { capture, pack } = await inFiles();
  await putText(capture, `${HOUR}/a.jsonl`, text(...linesOf({ id: idOf('stays') })));
  await pack(`${HOUR}/c.jsonl.gz`, text(...linesOf({ id: idOf('goes') })));
  const whole = Buffer.from((await capture.get(`${HOUR}/c.jsonl.gz`))!.bytes);
  await capture.put(`${HOUR}/c.jsonl.gz`, whole.subarray(0, -12), 'always');
  await expect(forgetPrediction(capture, idOf('goes'), () => Promise.resolve())).rejects.toMatchObject({
    type: 'StorageUnusable',
    message: `Captured file ${HOUR}/c.jsonl.gz cannot be unpacked, so nobody can say what it holds: restore it from a backup or delete it, then run the command again.`,
  });
});

it('tries again where somebody else wrote the object meanwhile', async () => {
  const objects = createMemoryObjects();
  const capture = objects;
  const lines = (name: string) => text(...linesOf({ id: idOf(name) }));
  await putText(capture, `${HOUR}/a.jsonl`, lines('goes'));
  let first = true;
  await eraseLines(capture, `${HOUR}/a.jsonl`, (line) => {
    if (first) objects.all.set(`${HOUR}/a.jsonl`, Buffer.from(lines('comes') + lines('goes')));
    first = false;
    return line.includes(idOf('goes'));
  });
  expect(await kept(capture)).toBe(lines('comes'));
});

const emptyRegistry = async () =>
  createRegistry(createFileObjects(join(await temporaryDirectory(), 'registry')), () => new Date(), logKey);

describe('the commands', () => {
  it('write down that a prediction was forgotten, without its id', async () => {
    const { capture, pack } = await inFiles();
    await filled(capture, pack);
    const registry = await emptyRegistry();
    const asked = { id: ` ${idOf('stays').toUpperCase()}`, by: 'ada', because: 'asked to' };
    expect(forgottenText(await forget({ capture, registry }, asked))).toBe(
      `Removed 1 captured line and 1 label of ${MODEL}; its log says so, with the SHA-256 of the id alone.`,
    );
    expect((await registry.log(MODEL)).at(-1)).toMatchObject({
      ...{ event: 'forgotten', predictionSha256: sha256Of(idOf('stays')), lines: 1, labels: 1 },
      ...{ by: 'ada', proof: 'claimed', reason: 'asked to' },
    });
    expect(JSON.stringify(await registry.log(MODEL))).not.toContain(idOf('stays'));
  });

  it('say what they do not understand', async () => {
    const { root, capture } = await inFiles();
    const registry = createRegistry(createFileObjects(join(root, 'registry')), () => new Date(), logKey);
    await expect(forget({ capture, registry }, { id: 'Ada', because: '' })).rejects.toThrow(/no prediction id/);
    const unknown = await forget({ capture, registry }, { id: idOf('unknown'), because: '' });
    expect(forgottenText(unknown)).toMatch(/nothing was removed/);
    const now = new Date();
    expect(() => timesOf({}, now)).toThrow(/give --captures or --reports/);
    expect(() => timesOf({ captures: 'old' }, now)).toThrow(/--captures is not a duration/);
    expect(() => timesOf({ captures: '1d', reports: 'old' }, now)).toThrow(/--reports is not a duration/);
  });

  it('forget nothing where the log of a model cannot tell of it', async () => {
    const { capture, pack } = await inFiles();
    await filled(capture, pack);
    const folder = join(await temporaryDirectory(), 'registry');
    const registry = createRegistry(createFileObjects(folder), () => new Date(), logKey);
    await forget({ capture, registry }, { id: idOf('stays'), because: 'asked to' });
    const log = join(folder, MODEL, 'promotions.jsonl');
    await writeFile(log, (await readFile(log, 'utf8')).replace('asked to', 'told to'));
    const before = await kept(capture);
    await expect(forget({ capture, registry }, { id: idOf('goes'), because: '' })).rejects.toMatchObject({
      type: 'LogTampered',
    });
    expect(await kept(capture)).toBe(before);
  });

  it('write down what was removed before a failure, and say what could not be written down', async () => {
    const { capture, pack } = await inFiles();
    await filled(capture, pack);
    const registry = await emptyRegistry();
    const failing: Objects = {
      ...capture,
      put: (path, bytes, condition) =>
        path.includes('feedback') ? Promise.reject(new Error('disk gone')) : capture.put(path, bytes, condition),
    };
    const request = { id: idOf('stays'), because: 'asked to' };
    await expect(forget({ capture: failing, registry }, request)).rejects.toThrow('disk gone');
    expect((await registry.log(MODEL)).at(-1)).toMatchObject({ event: 'forgotten', lines: 1, labels: 0 });
    const full = { ...registry, record: () => Promise.reject(new Error('disk full')) };
    await expect(forget({ capture, registry: full }, request)).rejects.toThrow(
      `Removed 0 captured lines and 1 label of ${MODEL}, but its log could not be told: disk full`,
    );
  });

  it('take a name and a reason of one line that shows all it holds, or remove nothing', async () => {
    const { capture, pack } = await inFiles();
    await filled(capture, pack);
    const registry = await emptyRegistry();
    const before = await kept(capture);
    for (const [fault, request] of [
      ['--because has line breaks', { because: 'asked\u001b[2J\nby Ada' }],
      ['--by has line breaks', { by: 'Ada\u202e', because: '' }],
      ['--because has 2000 characters', { because: 'x'.repeat(2000) }],
    ] as const)
      await expect(forget({ capture, registry }, { id: idOf('goes'), ...request })).rejects.toThrow(fault);
    expect(await kept(capture)).toBe(before);
  });

  it.each(['files', 'a bucket'])('remove old reports in %s', async (where) => {
    const { capture } = await inFiles();
    const reports = where === 'files' ? createFileObjects(await temporaryDirectory()) : createMemoryObjects();
    for (const key of ['a.html', 'drift/b.json', 'home-format'])
      await reports.put(key, Buffer.from('{}'), 'when-absent');
    const later = new Date(Date.now() + 2 * 86_400_000);
    const pruned = async (options: Parameters<typeof timesOf>[0]) =>
      prunedText(await prune({ capture, reports }, timesOf(options, later)));
    expect(await pruned({ reports: '3d' })).toBe('Removed 0 files of reports.');
    expect(await pruned({ captures: '1d' })).toMatch(/^Removed 0 files of captured .* before that\.$/);
    expect(await pruned({ reports: '1d', captures: '1d' })).toMatch(/of captured .*\nRemoved 2 files of reports\.$/);
    expect(await reports.list('')).toEqual(['home-format']);
  });
});
