import { createHash } from 'node:crypto';
import { zipSync, type ZipOptions } from 'fflate';
import { PipelineFailure } from '../contracts/failures.js';
import { bundleCode } from './bundle-code.js';
import type { ModelMeta } from '../serving/model-card.js';
import { parseModelDocument } from '../model/model-document.js';

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
