import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { tiers } from './scripts/import-walls.js';

export default tseslint.config(
  {
    ignores: [
      'build/',
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
      parserOptions: {
        projectService: {
          allowDefaultProject: ['*.js', '*.mjs', 'scripts/*.mjs', 'scripts/*.js', 'src/vendors/temporal/codec/*.cjs'],
        },
      },
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
  { files: ['scripts/**', 'ops/**', 'bench/**'], rules: { 'no-console': 'off' } },
  { files: ['src/**/*.ts'], plugins: { walls: { rules: { tiers } } }, rules: { 'walls/tiers': 'error' } },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/cli/**', 'src/contracts/commands.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...['Literal[value=/npm run/]', 'TemplateElement[value.raw=/npm run/]'].map((selector) => ({
          selector,
          message: 'A text of the library names a command by programCommand of contracts/commands.ts.',
        })),
      ],
    },
  },
);
