import { z } from 'zod';
import type * as workflows from '../../workflows/index.js';
import { deployInput, rollbackInput } from './deployment.js';
import { cause, checkMode } from './monitoring.js';
import { schemasFor } from './table.js';
import { origin } from './origin.js';
import { definition, store, time } from './values.js';

/** What each workflow is started with. Whoever adds a workflow, or a field to its input, adds it here: the types ask for it. */
export const WORKFLOW_INPUTS = schemasFor<{
  [K in keyof typeof workflows]: Parameters<(typeof workflows)[K]>[0];
}>()({
  trainingPipeline: z.strictObject({
    store,
    definition,
    reuse: z.boolean(),
    keepSchedules: z.literal(true).exactOptional(),
    origin: origin.exactOptional(),
  }),
  deployModel: deployInput,
  rollbackModel: rollbackInput,
  checkDrift: z.strictObject({
    store,
    definition,
    mode: checkMode,
    to: time.nullable(),
    windowMinutes: z.number().positive().nullable(),
  }),
  retrainModel: z.strictObject({ store, definition, cause, origin: origin.exactOptional() }),
});

export type WorkflowName = keyof typeof WORKFLOW_INPUTS;

export const WORKFLOW_NAMES = Object.keys(WORKFLOW_INPUTS) as WorkflowName[]; // its keys are these
