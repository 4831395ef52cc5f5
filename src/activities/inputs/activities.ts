import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Activities } from '../index.js';
import { completeCandidate } from '../../definition/candidate-schema.js';
import type { CandidateDefinition } from '../../contracts/candidate.js';
import { PipelineFailure } from '../../contracts/failures.js';
import { deployInput, decided, rollbackInput, shiftInput, trafficInput } from './deployment.js';
import {
  alert,
  asked,
  cause,
  checkEntry,
  checked,
  checkMode,
  comparison,
  ended,
  place,
  reportAddress,
  timeWindow,
} from './monitoring.js';
import { claimed, origin } from './origin.js';
import { parseInput } from './parse.js';
import {
  evaluationResult,
  fitResult,
  gateVerdict,
  ingestResult,
  leaderboardRow,
  measuredTrial,
  nestedResult,
  options,
  warning,
} from './results.js';
import { schemasFor } from './table.js';
import { pipelineStatus } from './status.js';
import {
  artifact,
  definition,
  definitionAlone,
  functionVersion,
  runName,
  sha256,
  text,
  time,
  version,
} from './values.js';
import { WORKFLOW_NAMES } from './workflows.js';

const reuse = z.boolean();

const prepare = z.strictObject({ definition, dataset: artifact, reuse });

/** Options that a candidate is learned with must be of its kind. */
function fits(candidate: CandidateDefinition | undefined, chosen: unknown): boolean {
  const parsed = completeCandidate.safeParse({ ...candidate, options: chosen, search: null });
  return parsed.success && isDeepStrictEqual(parsed.data.options, chosen);
}

/** What each activity is given. Whoever adds an activity, or a field to its input, adds it here: the types ask for it. */
export const ACTIVITY_INPUTS = schemasFor<{ [K in keyof Activities]: Parameters<Activities[K]>[0] }>()({
  checkInput: z.strictObject({ workflow: z.enum(WORKFLOW_NAMES), input: z.unknown() }),
  ingestDataset: z.strictObject({ definition, reuse }),
  profileDataset: prepare,
  prepareFeatures: prepare,
  crossValidateCandidate: z.strictObject({
    definition: definitionAlone,
    matrix: artifact,
    candidate: completeCandidate,
    without: z.string().nullable(),
    reuse,
  }),
  nestedCrossValidate: z
    .strictObject({
      definition: definitionAlone,
      matrix: artifact,
      candidate: completeCandidate,
      trials: z.array(options),
      repeat: z.number().int().min(0),
      reuse,
    })
    .refine(({ candidate, trials }) => trials.every((trial) => fits(candidate, trial)), {
      path: ['trials'],
      message: 'must have options of the candidate',
    }),
  concludeSearch: z.strictObject({
    definition: definitionAlone,
    candidate: completeCandidate,
    trials: z.array(measuredTrial),
    nested: z.array(nestedResult),
    warnings: z.array(warning),
    reuse,
  }),
  fitCandidate: z
    .strictObject({ definition, datasetSha256: sha256, matrix: artifact, chosen: leaderboardRow, reuse })
    .refine(
      ({ definition: { candidates }, chosen }) =>
        fits(
          candidates.find(({ name }) => name === chosen.candidate),
          chosen.options,
        ),
      { path: ['chosen'], message: 'must be a candidate of the definition with options of its kind' },
    ),
  evaluateCandidate: z.strictObject({
    definition,
    matrix: artifact,
    fit: z.strictObject({ model: artifact, outOfFold: artifact }),
    reuse,
  }),
  judgeCandidate: z.strictObject({ definition, matrix: artifact, model: artifact, chosen: leaderboardRow }),
  registerModel: z.strictObject({
    definition,
    dataset: ingestResult,
    profile: artifact,
    trainingRows: artifact,
    matrix: artifact,
    leaderboard: z.array(leaderboardRow),
    startedAt: time,
    origin: origin.nullable(),
    chosen: leaderboardRow,
    fit: fitResult,
    evaluation: evaluationResult,
    gate: gateVerdict,
  }),
  identifyPerson: claimed,
  recordDecision: decided,
  planRollback: rollbackInput,
  servingNow: deployInput,
  publishModel: deployInput,
  smokeTest: z.strictObject({ input: deployInput, functionVersion }),
  shiftTraffic: shiftInput,
  promoteModel: deployInput,
  restoreChampion: z.strictObject({ input: deployInput, champion: version.nullable() }),
  recordRollback: z.strictObject({ input: deployInput, reason: text }),
  judgeTraffic: trafficInput,
  probeVersions: trafficInput,
  scheduleMonitoring: z.strictObject({ definition }),
  compareWindow: z.strictObject({ definition, window: timeWindow }),
  concludeCheck: z.strictObject({
    definition,
    mode: checkMode,
    asked: asked.exactOptional(),
    window: timeWindow,
    run: runName,
    comparison,
  }),
  dueAlerts: z.strictObject({ definition, entry: checkEntry, report: reportAddress.nullable() }),
  claimRetraining: z.strictObject({
    ...{ definition, cause, run: runName, datasetSha256: sha256 },
    schedule: text.exactOptional(),
  }),
  withdrawRetraining: z.strictObject({ definition, run: runName }),
  finishRetraining: z.strictObject({ definition, cause, run: runName, outcome: ended, reason: text }),
  reportTraining: z.strictObject({
    definition,
    status: pipelineStatus,
    outcome: z.enum(['deployed', 'refused', 'rejected', 'rolled-back', 'failed', 'cancelled']),
    reason: text,
  }),
  reportCheck: checked,
  pushSnapshot: checked,
  sendAlert: z.strictObject({ place, alert, sink: z.string().min(1) }),
});

/**
 * The argument of an activity, checked.
 * @throws PipelineFailure `InputInvalid` when it is not what the activity takes, or not the only one
 */
export function parseActivityInput(activity: string, args: unknown[]): unknown {
  const place = `The input of the activity ${activity}`;
  const schema = Object.hasOwn(ACTIVITY_INPUTS, activity) ? ACTIVITY_INPUTS[activity as keyof Activities] : null;
  if (schema === null || args.length !== 1)
    throw new PipelineFailure(
      'InputInvalid',
      `${place} ${schema === null ? 'has no schema' : `has ${args.length} arguments instead of 1`}; run workflows of this version only.`,
    );
  return parseInput<unknown>(schema, args[0], place);
}
