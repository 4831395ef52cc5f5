import { programCommand } from '../contracts/commands.js';
import type { Decision, Statement } from '../contracts/decision.js';
import type { DeploymentPolicy } from '../contracts/definition.js';
import { PipelineFailure } from '../contracts/failures.js';
import { POLICY, type Claim, type Identity } from '../contracts/identity.js';
import type { RollbackInput } from '../contracts/pipeline.js';
import type { RegisteredModel } from '../contracts/values.js';
import { shortDigest } from '../contracts/text.js';
import { DEFAULT_DEPLOYMENT } from '../definition/definition.js';
import { championAlias, targetOf, type ModelRegistry, type ModelVersion } from '../registry/registry.js';
import { functionVersionOf, previousChampions, rollbackImpossible, rollbackVersion } from '../registry/served.js';
import { decided, rollbackInput, claimed } from './inputs/deployment.js';
import { inputsOf } from './inputs/parse.js';
import { operationOf, type Ports } from './ports.js';

/** Who or what decided on a version, for the log and the version's lineage. */
export interface Decided extends Decision {
  model: RegisteredModel;
}

/** A way back: from which registered version to which. */
export interface RollbackPlan {
  from: number;
  to: RegisteredModel;
  /** Version of the function by which `to` served last, `null` when the log does not know it. */
  functionVersion: string | null;
  policy: DeploymentPolicy;
}

/** Somebody's claim to have said something, and when a workflow got it (ISO 8601). */
export interface Claimed {
  statement: Statement;
  claim: Claim;
  received: string;
}

/** Decisions on versions: who decides, approve, reject, go back. */
export function createApproveActivities({
  registry,
  identities,
  running,
  now,
}: Pick<Ports, 'registry' | 'identities' | 'running' | 'now'>) {
  /** Where a model serves, as a remedy. */
  async function placesOf(model: string): Promise<string> {
    const served = [...(await registry.aliases(model)).keys()].flatMap((name) => targetOf(model, name) ?? []);
    return served.length === 0
      ? `see ${programCommand('models')}`
      : `it serves behind ${served.join(' and ')}, so give --function and --alias`;
  }

  return {
    /** @throws IdentityNotProved when the evidence is wrong */
    identifyPerson: ({ statement, claim, received }: Claimed): Promise<Identity> =>
      identities.prove(statement, claim, received),

    /**
     * Writes a decision down and gives the one that holds. What a person decided on this very model goes before what the
     * policy says: it does not approve what somebody rejected, and its silence does not take an approval back.
     */
    async recordDecision({ model, decision, by, proof, because }: Decided): Promise<Decision> {
      const run = operationOf(running());
      const { name, version } = model;
      const { decisions } = await actedOn(registry, model);
      if (by === POLICY) {
        const last = decisions.at(-1);
        if (last && last.by !== POLICY && last.decision === 'rejected')
          return { decision: 'rejected', by: last.by, proof: last.proof, because: last.reason };
        if (last?.decision === 'approved' && decision === 'rejected') return { decision, by, proof, because };
      }
      const cause = { by, reason: because, ...(proof === null ? {} : { proof }) };
      await registry.record(name, { event: 'decision', version, decision, run, ...cause });
      return { decision, by, proof, because };
    },

    /** @throws RollbackImpossible when there is nothing to go back to, or the version never was champion here */
    async planRollback(input: RollbackInput): Promise<RollbackPlan> {
      const { model, functionName, alias } = input;
      const name = championAlias(model, { functionName, alias });
      const champion = (await registry.aliases(model)).get(name);
      if (champion === undefined)
        throw rollbackImpossible(
          `Nothing of model ${model} serves behind ${functionName}:${alias}; ${await placesOf(model)}.`,
        );
      const log = await registry.log(model);
      const version = rollbackVersion(log, champion, input, now());
      const { model: artifact, decisions } = await registry.version(model, version);
      if (decisions.at(-1)?.decision !== 'approved')
        throw rollbackImpossible(
          `Version ${version} of ${model} was rejected after it had served; approve it in a run, or choose from ${previousChampions(log, name).join(', ') || 'none'}.`,
        );
      return {
        from: champion,
        to: { name: model, version, sha256: artifact.sha256 },
        functionVersion: functionVersionOf(log, `${functionName}:${alias}`, version),
        policy: { ...DEFAULT_DEPLOYMENT, functionName, alias },
      };
    },
  };
}

/**
 * The version that a run acts on, when it still is the very model that the run was given.
 * @throws PipelineFailure `LogTampered` for another one, and what the registry throws
 */
export async function actedOn(
  registry: ModelRegistry,
  { name, version, sha256 }: RegisteredModel,
): Promise<ModelVersion> {
  const known = await registry.version(name, version);
  if (known.model.sha256 === sha256) return known;
  throw new PipelineFailure(
    'LogTampered',
    `Version ${version} of model ${name} is ${shortDigest(known.model.sha256)} in the registry, and this run is about ${shortDigest(sha256)}: the registry was changed since, so restore it from a backup, or train again (what serves keeps serving).`,
  );
}

/** The same, when its latest decision is an approval of this very model. @throws PipelineFailure `NotApproved` otherwise */
export async function approved(registry: ModelRegistry, model: RegisteredModel): Promise<ModelVersion> {
  const known = await actedOn(registry, model);
  const last = known.decisions.at(-1);
  if (last?.decision === 'approved' && last.digests.model === model.sha256) return known;
  throw new PipelineFailure(
    'NotApproved',
    `${model.name} version ${model.version} is not approved, so it may not serve; run the pipeline again and approve it.`,
  );
}

/** Stage and schema of each. */
export const APPROVE_INPUTS = inputsOf<ReturnType<typeof createApproveActivities>>()({
  identifyPerson: { stage: 'approve', input: claimed },
  recordDecision: { stage: 'approve', input: decided },
  planRollback: { stage: 'rollback', input: rollbackInput },
});
