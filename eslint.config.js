import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Folders of src/ that files in `folder` may not import, by the import rules of CONTRIBUTING. */
const wall = (folder, patterns, extra = {}) => ({
  files: [`src/${folder}/**/*.ts`],
  rules: {
    '@typescript-eslint/no-restricted-imports': ['error', { patterns: patterns.map((p) => ({ ...p })), ...extra }],
  },
});

const LAYERS = [
  'workflows',
  'activities',
  'ml',
  'data',
  'store',
  'registry',
  'serving',
  'deploy',
  'report',
  'local',
  'capture',
  'alerts',
  'schedules',
  'mlflow',
  'tracking',
  'portable',
  'http',
  'evidently',
  'aws',
  's3',
  'codec',
  'identity',
  'worker',
  'telemetry',
  'inputs',
];
const inside = (folders) => folders.map((folder) => `**/${folder}/**`);
const others = (...allowed) => inside(LAYERS.filter((layer) => !allowed.includes(layer)));
const ROOT_MODULES = [
  '../open-store.js',
  '../open-secrets.js',
  '../open-capture.js',
  '../config.js',
  '../config/**',
  '../definition.js',
  '../client.js',
  '../index.js',
];
const VENDORS = ['@temporalio/*', '@aws-sdk/*', '@duckdb/*', 'danfojs-node', 'piscina', 'zod', 'commander'];

const PURE = 'ml and serving are pure: they import nothing from the rest but contracts.';

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      '.local/',
      '.services/',
      'docs/api/',
      'examples/', // compiled by test/integration, where the package is installed
      '.test-build-*/',
      'coverage/',
      'test/replay/histories/',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['*.js', '*.mjs', 'scripts/*.mjs', 'src/codec/*.cjs'] } },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      'no-console': 'error',
    },
  },
  { files: ['**/*.js', '**/*.mjs', '**/*.cjs'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { require: 'readonly', exports: 'writable' } },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  { files: ['scripts/**', 'bench/**'], rules: { 'no-console': 'off' } },
  wall('contracts', [
    { group: others(), message: 'contracts import nothing from the layers.' },
    { group: [...VENDORS, 'node:*'], message: 'contracts are plain types and values.' },
  ]),
  wall('ml', [
    { group: [...others('ml'), ...ROOT_MODULES], message: PURE },
    { group: [...VENDORS, 'node:*'], message: 'ml has no I/O and no vendor SDK.' },
  ]),
  wall('serving', [
    { group: [...others('serving'), ...ROOT_MODULES], message: PURE },
    { group: VENDORS, message: 'serving carries no vendor SDK.' },
  ]),
  wall('workflows', [
    {
      group: inside(LAYERS.filter((l) => l !== 'workflows' && l !== 'activities')),
      message: 'workflows import values from contracts only.',
    },
    { group: inside(['activities']), allowTypeImports: true, message: 'only types cross the wall to activities.' },
    { group: [...ROOT_MODULES, 'node:*'], message: 'workflows are deterministic: no I/O, no environment.' },
    {
      group: [
        '@temporalio/*',
        '!@temporalio/workflow',
        '!@temporalio/common',
        ...VENDORS.filter((v) => v !== '@temporalio/*'),
      ],
      message: 'workflows know @temporalio/workflow and its base @temporalio/common alone.',
    },
  ]),
  wall('store', [{ group: [...others('store'), ...ROOT_MODULES], message: 'store stands alone over contracts.' }]),
  wall('registry', [
    {
      group: [...others('registry', 'store', 'mlflow'), ...ROOT_MODULES],
      message: 'registry knows store, MLflow and contracts.',
    },
  ]),
  wall('http', [
    { group: [...others('http'), ...ROOT_MODULES, ...VENDORS], message: 'http stands alone over contracts.' },
  ]),
  wall('mlflow', [
    { group: [...others('mlflow', 'http'), ...ROOT_MODULES], message: 'mlflow knows http and contracts.' },
  ]),
  wall('evidently', [
    { group: [...others('evidently', 'http'), ...ROOT_MODULES], message: 'evidently knows http and contracts.' },
  ]),
  wall('tracking', [
    {
      group: [...others('tracking', 'mlflow', 'store'), ...ROOT_MODULES],
      message: 'tracking knows MLflow, store and contracts.',
    },
  ]),
  wall('portable', [
    { group: [...others('portable'), ...ROOT_MODULES, ...VENDORS], message: 'portable stands alone over contracts.' },
  ]),
  wall('report', [
    {
      group: [...others('report', 'store'), ...ROOT_MODULES],
      message: 'report knows contracts and how store writes files.',
    },
    { group: VENDORS.filter((v) => v !== 'zod'), message: 'report knows zod and the chart library alone.' },
  ]),
  wall('deploy', [
    { group: [...others('deploy', 'aws'), ...ROOT_MODULES], message: 'deploy knows the AWS SDK and contracts.' },
  ]),
  wall('aws', [{ group: [...others('aws'), ...ROOT_MODULES], message: 'aws stands alone over contracts.' }]),
  wall('s3', [
    {
      group: [...others('s3', 'aws', 'store'), ...ROOT_MODULES],
      message: 's3 knows the AWS SDK, store and contracts.',
    },
  ]),
  wall('codec', [
    {
      group: [...others('codec', 'aws', 'http'), ...ROOT_MODULES],
      message: 'codec knows the Temporal and AWS SDKs, http and contracts.',
    },
  ]),
  wall('identity', [
    {
      group: [...others('identity', 'aws', 'http'), ...ROOT_MODULES],
      message: 'identity knows the AWS SDK, http and contracts.',
    },
  ]),
  wall('telemetry', [
    { group: others('telemetry', 'activities', 'registry', 'store'), message: 'telemetry tells of runs alone.' },
    {
      group: inside(['activities', 'registry', 'store']),
      allowTypeImports: true,
      message: 'telemetry knows types of what it tells of, and no more.',
    },
  ]),
  wall('capture', [
    {
      group: [...others('capture', 'store', 'data'), ...ROOT_MODULES, ...VENDORS],
      message: 'capture knows contracts, files and the reading of CSV.',
    },
  ]),
  wall('alerts', [
    { group: [...others('alerts'), ...ROOT_MODULES, ...VENDORS], message: 'alerts stand alone over contracts.' },
  ]),
  wall('inputs', [
    { group: others('inputs', 'activities', 'workflows'), message: 'inputs are schemas over contracts.' },
    {
      group: inside(['activities', 'workflows']),
      allowTypeImports: true,
      message: 'inputs know types of what they check, and no more.',
    },
  ]),
  wall('schedules', [
    { group: [...others('schedules'), ...ROOT_MODULES], message: 'schedules know the Temporal client alone.' },
  ]),
  wall('data', [
    { group: [...others('data', 'ml'), ...ROOT_MODULES], message: 'data knows DuckDB, ml types and contracts.' },
  ]),
);
