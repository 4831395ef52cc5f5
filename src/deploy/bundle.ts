import { build, type BuildOptions } from 'esbuild';
import { zipSync, type ZipOptions } from 'fflate';
import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PipelineFailure } from '../contracts/failures.js';
import { type Estimator, scoringOf } from '../ml/learners/scoring.js';
import { parseModelDocument } from '../model/model-document.js';
import type { ModelMeta } from '../serving/model-card.js';

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
  if (createHash('sha256').update(modelBytes).digest('hex') !== meta.sha256) {
    throw new PipelineFailure(
      'ModelInvalid',
      'The model bytes do not have the SHA-256 of their registration; fetch them again.',
    );
  }
  const index = await bundleCode(estimator);
  const { name, version, sha256 } = meta;
  const metaBytes = new TextEncoder().encode(`${JSON.stringify({ name, version, sha256 })}\n`);
  const options: ZipOptions = { level: 9, mtime: fixedTime(), os: UNIX, attrs: READABLE_FILE << 16 };
  return zipSync({ 'index.mjs': index, 'model.json': modelBytes, 'meta.json': metaBytes }, options);
}

const SERVING = fileURLToPath(new URL('../serving', import.meta.url));
const EXTENSION = extname(import.meta.url);

/** Bundles by the module that the handler is bundled with, `undefined` for none. */
const bundles = new Map<string | undefined, Promise<Uint8Array>>();

/**
 * The handler, with the predictor that the estimator needs, as one minified ESM file without dependencies: the same for
 * the same code. Works from TypeScript source and from compiled JavaScript alike.
 * @throws PipelineFailure `ModelInvalid` when a predictor has no module or that cannot be bundled
 */
function bundleCode(estimator: Estimator): Promise<Uint8Array> {
  const { module } = scoringOf(estimator.kind);
  if (module === null)
    throw invalid(`The learner ${estimator.kind} does not say where its predictor is: give it a predictorModule.`);
  const known = bundles.get(module);
  if (known !== undefined) return known;
  const code = bundled(
    module === undefined ? { entryPoints: [`${SERVING}/lambda${EXTENSION}`] } : { stdin: entryWith(module) },
  );
  bundles.set(module, code);
  code.catch(() => bundles.delete(module)); // a mended module is bundled anew
  return code;
}

/** The model is read when the handler's own entry is, which must be after its predictor is known. */
const entryWith = (module: string): NonNullable<BuildOptions['stdin']> => ({
  resolveDir: SERVING,
  loader: 'js',
  contents: `import { registerPredictor } from '../ml/learners/scoring${EXTENSION}';
import predictor from ${JSON.stringify(module)};
registerPredictor(predictor);
const { handler } = await import('./lambda${EXTENSION}');
export { handler };`,
});

async function bundled(entry: BuildOptions): Promise<Uint8Array> {
  try {
    const { outputFiles } = await build({
      ...entry,
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
