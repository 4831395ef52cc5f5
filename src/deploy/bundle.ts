import { build, type Plugin } from 'esbuild';
import { zipSync, type ZipOptions } from 'fflate';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PipelineFailure } from '../contracts/failures.js';
import { learnerOf } from '../ml/learners/index.js';
import { parseModelDocument } from '../model/model-document.js';
import type { ModelMeta } from '../serving/model-card.js';
import { sha256Of } from '../store/files.js';

/** Regular file, readable by all: Lambda runs the code as another user than the one who made the zip. */
const READABLE_FILE = 0o100644;
const UNIX = 3;
/** Local-time components are what a zip stores, so these bytes are the same in every time zone. */
const fixedTime = (): Date => new Date(1980, 0, 1, 0, 0, 0);

/**
 * Zip of the handler and its model for Lambda: `index.mjs` (handler `index.handler`), `model.json`, `meta.json`.
 * The same model and code give the same bytes on any machine.
 * @throws PipelineFailure `ModelInvalid` when the bytes are no valid model or do not have the hash in `meta`
 */
export async function bundleHandler(modelBytes: Uint8Array, meta: ModelMeta): Promise<Uint8Array> {
  const { estimator } = parseModelDocument(modelBytes);
  if (sha256Of(modelBytes) !== meta.sha256)
    throw invalid('The model bytes do not have the SHA-256 of their registration; fetch them again.');
  const index = await bundleCode(estimator.kind);
  const { name, version, sha256 } = meta;
  const metaBytes = new TextEncoder().encode(`${JSON.stringify({ name, version, sha256 })}\n`);
  const options: ZipOptions = { level: 9, mtime: fixedTime(), os: UNIX, attrs: READABLE_FILE << 16 };
  return zipSync({ 'index.mjs': index, 'model.json': modelBytes, 'meta.json': metaBytes }, options);
}

const EXTENSION = extname(import.meta.url);
const HANDLER = fileURLToPath(new URL(`../serving/lambda${EXTENSION}`, import.meta.url));
const LEARNERS = fileURLToPath(new URL('../ml/learners', import.meta.url));

/** Code of functions, by their tables of learners. */
const bundles = new Map<string, Promise<Uint8Array>>();

/**
 * The handler, with how this kind of model is checked and scored, as one minified ESM file without dependencies: the same
 * for the same code. Works from TypeScript source and from compiled JavaScript alike.
 * @throws PipelineFailure `ModelInvalid` when it cannot be bundled
 */
function bundleCode(kind: string): Promise<Uint8Array> {
  const table = tableOf(kind, learnerOf(kind)?.predictorModule);
  const known = bundles.get(table);
  if (known !== undefined) return known;
  const code = bundled(table);
  bundles.set(table, code);
  code.catch(() => bundles.delete(table)); // a mended predictor is bundled anew
  return code;
}

/** The function's table of learners: one line, without options and without how it learns. */
const tableOf = (kind: string, predictorModule: string | undefined): string =>
  predictorModule === undefined
    ? `import { scoring } from './${kind}/score${EXTENSION}';
export const LEARNERS = { '${kind}': { scoring } };`
    : `import predictor from ${JSON.stringify(predictorModule)};
import { customScoring } from './custom/score${EXTENSION}';
export const LEARNERS = { '${kind}': { scoring: customScoring(predictor) } };`;

/** What gives the function this table in place of that of all learners. */
const inPlaceOfTheTable = (contents: string): Plugin => ({
  name: 'table of learners',
  setup(build) {
    const table = join(LEARNERS, `table${EXTENSION}`);
    build.onLoad({ filter: /[/\\]table\.[jt]s$/ }, ({ path }) =>
      path === table ? { contents, loader: 'js', resolveDir: LEARNERS } : undefined,
    );
  },
});

async function bundled(table: string): Promise<Uint8Array> {
  try {
    const { outputFiles } = await build({
      entryPoints: [HANDLER],
      plugins: [inPlaceOfTheTable(table)],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node22',
      minify: true,
      legalComments: 'none',
      tsconfigRaw: { compilerOptions: { target: 'ES2022', useDefineForClassFields: true } },
      logLevel: 'silent',
    });
    return outputFiles[0]!.contents;
  } catch (cause) {
    const [first] = (cause as { errors?: { text: string }[] }).errors ?? [];
    throw invalid(
      `The function's code cannot be bundled: ${first?.text ?? 'esbuild failed'}; mend the predictor.`,
      cause,
    );
  }
}

const invalid = (message: string, cause?: unknown) => new PipelineFailure('ModelInvalid', message, { cause });
