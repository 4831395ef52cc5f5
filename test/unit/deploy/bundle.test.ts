import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execFileSync } from 'node:child_process';
import { unzipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import type { Tree } from '../../../src/ml/learners/tree/check.js';
import { bundleHandler } from '../../../src/deploy/bundle.js';
import { CANDIDATE_KINDS } from '../../../src/ml/learners/index.js';
import { goldenRequests } from '../../../src/model/golden.js';
import { ESTIMATORS, FOREST, modelDocument, registered } from '../model/models.js';

const MAX_ZIP_BYTES = 100 * 1024;
/** Of the function, whichever kind of model it answers with. */
const MAX_CODE_BYTES = 27_000;
const directory = mkdtempSync(join(tmpdir(), 'bundle-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A full tree of the given depth with distinct thresholds, as a real forest has. */
function fullTree(depth: number, salt: number): Tree {
  const nodes = 2 ** (depth + 1) - 1;
  const inner = 2 ** depth - 1;
  const list = (of: (i: number) => number) => Array.from({ length: nodes }, (_, i) => of(i));
  const noise = (i: number) => Math.abs(Math.sin(i * 12.9898 + salt * 78.233)) * 43.5453;
  return {
    feature: list((i) => (i < inner ? (i + salt) % 3 : -1)),
    threshold: list((i) => (i < inner ? noise(i) : 0)),
    left: list((i) => (i < inner ? 2 * i + 1 : -1)),
    right: list((i) => (i < inner ? 2 * i + 2 : -1)),
    value: list((i) => Math.round((noise(i) % 1) * 1e6) / 1e6),
  };
}

/** What the function in the working directory prints for these events, each a line of its own. */
function runHandler(events: unknown[]): Record<string, unknown>[] {
  const script = `const { handler } = await import(${JSON.stringify(pathToFileURL(join(directory, 'index.mjs')).href)});
    for (const event of ${JSON.stringify(events)}) console.log(JSON.stringify(await handler(event)));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
  const lines = output.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const unpack = (zip: Uint8Array): void => {
  for (const [name, content] of Object.entries(unzipSync(zip))) writeFileSync(join(directory, name), content);
};

describe('bundleHandler', () => {
  it('gives the same small zip each time, in any time zone', async () => {
    const { bytes, meta } = registered(
      modelDocument({ kind: 'random-forest', trees: Array.from({ length: 50 }, (_, t) => fullTree(5, t)) }),
    );
    const zip = await bundleHandler(bytes, meta);
    expect(zip.length).toBeLessThan(MAX_ZIP_BYTES);
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Asia/Kathmandu';
    try {
      expect(Buffer.from(await bundleHandler(bytes, { ...meta })).equals(zip)).toBe(true);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
    const files = unzipSync(zip);
    expect(Object.keys(files)).toEqual(['index.mjs', 'model.json', 'meta.json']);
    expect(Buffer.from(files['model.json']!).equals(bytes)).toBe(true);
    const code = Buffer.from(files['index.mjs']!).toString('utf8');
    const imports = [...code.matchAll(/from\s*"([^"]+)"/g)].map(([, name]) => name);
    expect(imports.sort()).toEqual(['node:crypto', 'node:fs']);
    expect(code).not.toContain(process.cwd());
  });

  it.each(ESTIMATORS)(
    'holds of the learners how $kind is checked and scored, and answers as its model does',
    async (estimator) => {
      const document = modelDocument(estimator);
      const { bytes, meta } = registered(document);
      const zip = await bundleHandler(bytes, meta);
      const code = Buffer.from(unzipSync(zip)['index.mjs']!).toString('utf8');
      expect(code.length).toBeLessThan(MAX_CODE_BYTES);
      for (const known of CANDIDATE_KINDS) expect(code.includes(`"${known}"`), known).toBe(known === estimator.kind);
      for (const closed of [/zod/i, /maxIterations|maxDepth|hiddenUnits/, /TreeEnsemble|MatMul/])
        expect(code).not.toMatch(closed);
      const golden = goldenRequests(document);
      unpack(zip);
      const printed = runHandler(golden.map(({ event }) => event)); // prettier-ignore
      const answers = printed.filter(({ type }) => type !== 'prediction');
      expect(answers).toMatchObject(
        golden.map(({ expected: { prediction, score } }) => ({ predictions: prediction, score, model: meta })),
      );
    },
  );

  it('is tested with a model of every kind', () => {
    expect(ESTIMATORS.map(({ kind }) => kind).sort()).toEqual([...CANDIDATE_KINDS].sort());
  });

  it('differs by model and by version', async () => {
    const one = registered(modelDocument(), 1);
    const two = registered(modelDocument(), 2);
    const zips = await Promise.all(
      [one, two, registered(modelDocument(FOREST), 1)].map(({ bytes, meta }) => bundleHandler(bytes, meta)),
    );
    expect(new Set(zips.map((zip) => Buffer.from(zip).toString('hex'))).size).toBe(3);
  });

  it('refuses bytes that are not the registered model', async () => {
    const { bytes, meta } = registered(modelDocument());
    await expect(bundleHandler(bytes, { ...meta, sha256: '0'.repeat(64) })).rejects.toThrow(/do not have the SHA-256/);
    await expect(bundleHandler(Buffer.from('{}'), meta)).rejects.toThrow(/schemaVersion/);
  });

  it('runs under plain node, and refuses a model that was exchanged', async () => {
    const { bytes, meta } = registered(modelDocument());
    unpack(await bundleHandler(bytes, meta));
    const run = () => runHandler([{ r: 43, g: 30, hb: 10 }]);
    const [log, answer] = run();
    expect(log).toMatchObject({ type: 'prediction', sha256: meta.sha256, inputs: [[43, 30, 10]] });
    expect(answer).toMatchObject({ predictions: 1, score: 0.9, model: meta });
    const exchanged = readFileSync(join(directory, 'model.json'), 'utf8').replace('"threshold":0.5', '"threshold":0.6');
    writeFileSync(join(directory, 'model.json'), exchanged);
    expect(run).toThrow(/does not have the SHA-256/);
  });
});
