import { z } from 'zod';
import { MODEL_NAME } from '../contracts/limits.js';
import { approval, type DeploymentPolicy } from './deployment-schema.js';
import { calibration, gate, search, selection, split, threshold, validation } from './learning-schema.js';
import { card, monitoring } from './monitoring-schema.js';
import { columns, dataset, target } from './table-schema.js';

/** What a model may be called. */
export const modelName = z
  .string()
  .regex(MODEL_NAME, 'must be 1 to 63 lower-case letters, digits and hyphens, a letter first');

/**
 * Every key that is written in a file as runs are told it, in the order in which definitions are kept. What depends on
 * several keys at once stands in `schema.ts`.
 */
export const keys = {
  model: modelName,
  dataset,
  columns,
  target,
  split,
  validation,
  search,
  calibration,
  threshold,
  selection,
  gate,
  approval,
  monitoring,
  card,
};

/** A definition as runs are told it, but for its candidates: no optional keys, every default filled in. */
export type DefinitionKeys = z.output<z.ZodObject<typeof keys>> & { deployment: DeploymentPolicy };
