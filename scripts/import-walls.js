// The walls between the folders of src/: who may import whom. One rule of ESLint, which looks at where an import leads and not at
// how it is written, so that it holds at any depth.
import { dirname, relative, resolve, sep } from 'node:path';

/** Folders and files of src/, in tiers: each imports its own tier and those before it, values and types alike. */
export const TIERS = [
  { name: 'pure', rooms: ['contracts', 'model', 'ml', 'monitoring', 'serving'] },
  {
    name: 'domain',
    rooms: [
      'definition',
      'data',
      'capture',
      'store',
      'registry',
      'deploy',
      'report',
      'alerts',
      'learner.ts',
      'testing',
    ],
  },
  { name: 'vendors', rooms: ['vendors'] },
  { name: 'steps', rooms: ['config', 'activities', 'compute', 'telemetry', 'workflows'] },
  {
    name: 'programs',
    rooms: ['compose', 'worker', 'client', 'cli', 'local', 'lambda-emulator', 'client.ts', 'worker.ts', 'index.ts'],
  },
];

/** What is deployed of the learners: how their models are checked and scored. */
const SCORING = String.raw`ml/learners/[\w-]+/(score|check)\.ts$`;

/**
 * Parts of rooms that know less than their room, the first that matches: paths below src/, and those that they may import.
 * Learners and the model document are built on each other, so what may cross there is said by file.
 */
const PARTS = [
  [new RegExp(`^${SCORING}`), new RegExp(`^(contracts/|model/(calibration|checks|features)\\.ts$|${SCORING})`)],
  [/^ml\/learners\/index\.ts$/, /^(contracts\/|model\/checks\.ts$|ml\/learners\/table\.ts$)/],
  [/^ml\/learners\//, /^(contracts\/|ml\/|model\/(calibration|checks|features|onnx\/(graph|features))\.ts$)/],
  [/^ml\//, /^(contracts\/|ml\/|model\/(calibration|chance|features)\.ts$)/],
  [/^model\/onnx\//, /^(contracts|model|ml\/learners)\//],
  [/^model\//, /^(contracts\/|model\/|ml\/learners\/index\.ts$)/],
];

/** Rooms that know less than their tier: the rooms that they may import, and those of which types only. */
const NARROW = {
  contracts: { values: [], types: ['definition', 'ml', 'report'] },
  model: { values: ['contracts'], types: ['ml'] },
  ml: { values: ['contracts'], types: ['model'] },
  monitoring: { values: ['contracts', 'ml'] },
  serving: { values: ['contracts', 'model'] },
  workflows: { values: ['contracts'], types: ['activities'] },
  telemetry: { values: ['contracts'], types: ['activities', 'registry', 'store', 'config'] },
};

/** Packages that stand for input and output, the orchestrator or a large engine, and the rooms that may import them. */
const PACKAGES = [
  [/^node:/, null, ['contracts', 'model', 'ml', 'monitoring', 'workflows']],
  [
    /^zod$/,
    [
      /^ml\/learners\/(learner|[\w-]+\/options)\.ts$/,
      'definition',
      'registry',
      'report',
      'store',
      'vendors',
      'activities',
      'client',
      'cli',
      'local',
      'learner.ts',
    ],
  ],
  [
    /^@temporalio\/(workflow|common)$/,
    ['workflows', 'activities', 'vendors', 'config', 'telemetry', 'worker', 'client', 'cli', 'local', 'compose'],
  ],
  [/^@temporalio\//, ['activities', 'vendors', 'config', 'telemetry', 'worker', 'client', 'cli', 'local', 'compose']],
  [/^@(aws-sdk|smithy)\//, ['vendors']],
  [/^@opentelemetry\//, ['telemetry', 'vendors']],
  [/^(@duckdb\/|danfojs-node$)/, ['data']],
  [/^esbuild$/, ['deploy', 'lambda-emulator']],
  [/^piscina$/, ['compute', 'compose']],
  [/^(commander|listr2|cli-table3|picocolors|wrap-ansi)$/, ['cli', 'client.ts', 'local']],
];

const tierOf = (room) => TIERS.findIndex(({ rooms }) => rooms.includes(room));

/** @returns why `from`, a path below src/, may not import `specifier`, or `null` */
export function wallBetween(from, specifier, isType) {
  const room = from.split('/')[0];
  if (tierOf(room) < 0) return `${room} stands in no tier of scripts/import-walls.js; give it one.`;
  if (!specifier.startsWith('.')) {
    for (const [name, rooms, closed] of PACKAGES) {
      if (!name.test(specifier)) continue;
      const isOpen =
        rooms === null
          ? !closed.includes(room)
          : rooms.some((open) => (open instanceof RegExp ? open.test(from) : open === room));
      return isOpen ? null : `${room} may not import ${specifier}.`;
    }
    return null;
  }
  const path = relative('src', resolve('src', dirname(from), specifier))
    .split(sep)
    .join('/');
  const file = path.replace(/\.js$/, '.ts');
  const target = file.split('/')[0];
  if (target === '..') return `src imports nothing from outside: ${specifier}.`;
  const part = isType ? undefined : PARTS.find(([here]) => here.test(from));
  if (part !== undefined) return part[1].test(file) ? null : `${from} may not import ${file}.`;
  if (target === room) return null;
  const narrow = NARROW[room];
  if (narrow !== undefined)
    return narrow.values.includes(target) || (isType && narrow.types?.includes(target))
      ? null
      : `${room} may not import ${isType ? 'types of ' : ''}${target}.`;
  if (target === 'workflows' && room !== 'worker')
    return isType && tierOf(room) > tierOf(target)
      ? null
      : `${room} may not import ${isType ? 'types' : 'values'} of workflows.`;
  if (tierOf(target) < 0) return `${target} stands in no tier of scripts/import-walls.js; give it one.`;
  return tierOf(target) <= tierOf(room) ? null : `${room} may not import ${target}, which stands in a later tier.`;
}

const isTypeOnly = (node) =>
  node.importKind === 'type' ||
  node.exportKind === 'type' ||
  (node.specifiers?.length > 0 &&
    node.specifiers.every(({ importKind, exportKind }) => (importKind ?? exportKind) === 'type'));

/** The rule `walls/tiers`. */
export const tiers = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const from = relative(resolve(context.cwd, 'src'), context.filename).split(sep).join('/');
    if (from.startsWith('..')) return {};
    const check = (node, isType) => {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string') return;
      const message = wallBetween(from, specifier, isType);
      if (message !== null) context.report({ node, message });
    };
    return {
      ImportDeclaration: (node) => check(node, isTypeOnly(node)),
      ExportNamedDeclaration: (node) => check(node, isTypeOnly(node)),
      ExportAllDeclaration: (node) => check(node, node.exportKind === 'type'),
      ImportExpression: (node) => check(node, false),
      TSImportType: (node) => {
        const specifier = node.source?.value ?? node.argument?.literal?.value;
        if (typeof specifier === 'string') check({ ...node, source: { value: specifier }, loc: node.loc }, true);
      },
    };
  },
};
