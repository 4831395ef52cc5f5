import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PipelineFailure } from '../contracts/failures.js';
import { parseCorsPolicy } from './http.js';
import { createHandler } from './handler.js';
import { parseModelMeta } from './model-card.js';
import { parseModelDocument } from '../model/model-document.js';

const modelBytes = readFileSync(new URL('./model.json', import.meta.url));
const meta = parseModelMeta(readFileSync(new URL('./meta.json', import.meta.url), 'utf8'));
if (createHash('sha256').update(modelBytes).digest('hex') !== meta.sha256) {
  throw new PipelineFailure(
    'ModelInvalid',
    'model.json does not have the SHA-256 that meta.json names; build the zip again.',
  );
}

/** Entry of the Lambda function: the bundler makes `index.mjs` from this file and puts the model beside it. */
export const handler = createHandler({
  document: parseModelDocument(modelBytes),
  meta,
  captureInputs: process.env['CAPTURE_INPUTS'] !== 'off',
  cors: parseCorsPolicy(process.env['CORS']),
  now: () => new Date(),
  newId: randomUUID,
  writeLine: (line) => void process.stdout.write(`${line}\n`),
});
