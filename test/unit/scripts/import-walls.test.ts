import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

/** Plain JavaScript, as the configuration of ESLint reads it. */
const walls: string = '../../../scripts/import-walls.js';
const { TIERS } = (await import(walls)) as { TIERS: { name: string; rooms: string[] }[] };

const eslint = new ESLint({
  ruleFilter: ({ ruleId }) => ruleId === 'walls/tiers',
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
});

async function faults(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: file });
  return result!.messages.filter(({ ruleId }) => ruleId === 'walls/tiers').map(({ message }) => message);
}

const entries = readdirSync('src', { withFileTypes: true });

/** Every folder of `src/` below a room, itself included, as paths below `src/`. */
const foldersOf = (room: string): string[] =>
  room.endsWith('.ts')
    ? ['']
    : [
        room,
        ...readdirSync(join('src', room), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map((entry) => join(entry.parentPath, entry.name).slice('src/'.length)),
      ];

/** How a file of `folder` writes the way to something below `src/`. */
const wayTo = (folder: string, target: string) =>
  `${'../'.repeat(folder === '' ? 0 : folder.split('/').length) || './'}${target}`;

const fileIn = (room: string, folder: string) => (folder === '' ? `src/${room}` : `src/${folder}/planted.ts`);

it('every room stands in one tier, and every tier has the rooms that there are', () => {
  const rooms = TIERS.flatMap((tier) => tier.rooms).sort();
  expect(rooms).toEqual(entries.map(({ name }) => name).sort());
});

describe('a wall holds at every depth', () => {
  const later = TIERS.flatMap(({ rooms }, tier) =>
    TIERS.slice(tier + 1).flatMap(({ rooms: [target] }) => rooms.map((room) => [room, target!] as const)),
  );
  it.each(later)('%s may not import %s', async (room, target) => {
    for (const folder of foldersOf(room))
      for (const code of [
        `import { x } from '${wayTo(folder, `${target}/x.js`)}';\nx();\n`,
        `export { x } from '${wayTo(folder, `${target}/deep/x.js`)}';\n`,
        `export * from '${wayTo(folder, `${target}/x.js`)}';\n`,
        `await import('${wayTo(folder, `${target}/x.js`)}');\n`,
      ])
        expect(await faults(fileIn(room, folder), code), `${folder}: ${code}`).toHaveLength(1);
  });
});

describe('rooms that know less than their tier', () => {
  it.each([
    ['contracts', 'ml/metrics.js'],
    ['contracts', 'definition/keys.js'],
    ['contracts', 'report/schema/check.js'],
    ['model', 'ml/table.js'],
    ['ml', 'model/predict.js'],
    ['ml', 'monitoring/decide.js'],
    ['serving', 'ml/table.js'],
    ['workflows', 'activities/index.js'],
    ['workflows', 'ml/table.js'],
    ['telemetry', 'registry/registry.js'],
    ['activities', 'workflows/index.js'],
  ])('%s may not import values of %s', async (room, target) => {
    for (const folder of foldersOf(room))
      expect(await faults(fileIn(room, folder), `import { x } from '${wayTo(folder, target)}';\nx();\n`)).toHaveLength(
        1,
      );
  });

  it.each([
    ['contracts', 'definition/keys.js'],
    ['contracts', 'report/schema/check.js'],
    ['workflows', 'activities/index.js'],
    ['telemetry', 'registry/registry.js'],
    ['client', 'workflows/index.js'],
  ])('%s may import types of %s', async (room, target) => {
    const way = wayTo(room, target);
    for (const code of [
      `import type { X } from '${way}';`,
      `import { type X } from '${way}';`,
      `export type { X } from '${way}';`,
    ])
      expect(await faults(fileIn(room, room), `${code}\n`)).toEqual([]);
    expect(await faults(fileIn(room, room), `import { type X, y } from '${way}';\ny();\n`)).toHaveLength(1);
  });

  it.each(['contracts', 'activities', 'compute', 'config', 'vendors'])(
    '%s may import no types of workflows',
    async (room) => {
      const way = wayTo(room, 'workflows/index.js');
      expect(await faults(fileIn(room, room), `import type { X } from '${way}';\n`)).toHaveLength(1);
    },
  );

  it.each([
    ['monitoring', 'ml/table.js'],
    ['serving', 'model/predict.js'],
    ['registry', 'store/files.js'],
    ['vendors', 'registry/registry.js'],
    ['compose', 'activities/index.js'],
  ])('%s may import values of %s', async (room, target) => {
    expect(await faults(fileIn(room, room), `import { x } from '${wayTo(room, target)}';\nx();\n`)).toEqual([]);
  });
});

describe('learners', () => {
  const inCart = (file: string, specifier: string) =>
    faults(`src/ml/learners/cart/${file}`, `import { x } from '${specifier}';\nx();\n`);

  it.each(['score.ts', 'check.ts'])('%s, which is deployed, knows how models are scored and no more', async (file) => {
    for (const closed of [
      './fit.js',
      './options.js',
      './onnx.js',
      '../index.js',
      '../table.js',
      '../../random.js',
      'zod',
    ])
      expect(await inCart(file, closed), closed).toHaveLength(1);
    for (const open of ['../tree/score.js', '../tree/check.js', '../../../model/checks.js'])
      expect(await inCart(file, open), open).toEqual([]);
  });

  it('have schemas of their options, and no other schema', async () => {
    expect(await inCart('options.ts', 'zod')).toEqual([]);
    expect(await inCart('fit.ts', 'zod')).toHaveLength(1);
  });

  it('are known to the model document by how they are scored, and to ONNX whole', async () => {
    const from = (file: string, specifier: string) =>
      faults(`src/model/${file}`, `import { x } from '${specifier}';\nx();\n`);
    expect(await from('predict.ts', '../ml/learners/index.js')).toEqual([]);
    for (const closed of ['table.js', 'cart/fit.js', 'tree/score.js'])
      expect(await from('predict.ts', `../ml/learners/${closed}`), closed).toHaveLength(1);
    expect(await from('onnx/onnx-model.ts', '../../ml/learners/tree/onnx.js')).toEqual([]);
  });

  it('are found in the table, whose lines are all that the deployed look-up knows of them', async () => {
    const from = (specifier: string) => faults('src/ml/learners/index.ts', `import { x } from '${specifier}';\nx();\n`);
    for (const closed of ['./cart/fit.js', './cart/score.js', './fit-candidate.js', '../random.js', 'zod'])
      expect(await from(closed), closed).toHaveLength(1);
    for (const open of ['./table.js', '../../model/checks.js', '../../contracts/failures.js'])
      expect(await from(open), open).toEqual([]);
  });
});

describe('packages', () => {
  it.each([
    ['contracts', 'zod'],
    ['ml', 'node:fs'],
    ['ml', '@duckdb/node-api'],
    ['model', 'node:crypto'],
    ['serving', 'zod'],
    ['workflows', 'node:fs'],
    ['workflows', 'zod'],
    ['workflows', '@temporalio/client'],
    ['report', '@temporalio/activity'],
    ['alerts', '@temporalio/activity'],
    ['registry', '@aws-sdk/client-s3'],
    ['activities', '@aws-sdk/client-kms'],
    ['compute', 'danfojs-node'],
    ['client', 'commander'],
    ['serving', 'esbuild'],
  ])('%s may not import %s', async (room, specifier) => {
    for (const folder of foldersOf(room))
      expect(await faults(fileIn(room, folder), `import { x } from '${specifier}';\nx();\n`)).toHaveLength(1);
  });

  it('of their kind may be imported where they belong', async () => {
    expect(
      await faults('src/workflows/planted.ts', "import { sleep } from '@temporalio/workflow';\nawait sleep(1);\n"),
    ).toEqual([]);
    expect(await faults('src/vendors/aws/planted.ts', "import { x } from '@aws-sdk/client-s3';\nx();\n")).toEqual([]);
  });
});
