import type { DeploymentPolicy } from '../contracts/deployment.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { RollbackInput } from '../contracts/pipeline.js';
import type { RegisteredModel } from '../contracts/results.js';
import { championAlias } from '../registry/registry.js';
import { championBefore, previousChampions } from '../registry/served.js';
import { DEFAULT_DEPLOYMENT } from '../definition.js';
import type { Ports } from './ports.js';

/** Who or what decided on a version, for the log and the version's lineage. */
export interface Decided {
  model: RegisteredModel;
  decision: 'approved' | 'rejected';
  by: string;
  because: string;
}

/** A way back: from which registered version to which. */
export interface RollbackPlan {
  from: number;
  to: RegisteredModel;
  policy: DeploymentPolicy;
}

/** Decisions on versions: approve, reject, go back. */
export function createApproveActivities({ registry, running }: Ports) {
  return {
    async recordDecision({ model, decision, by, because }: Decided): Promise<void> {
      const { workflowId, runId } = running();
      const run = `${workflowId}/${runId}`;
      const { name, version } = model;
      await registry.record(name, { event: 'decision', version, decision, run, by, reason: because });
    },

    /** @throws RollbackImpossible when there is nothing to go back to, or the version never was champion here */
    async planRollback({ model, to, functionName, alias }: RollbackInput): Promise<RollbackPlan> {
      const target = { functionName, alias };
      const name = championAlias(model, target);
      const champion = await registry.alias(model, name);
      if (champion === null)
        throw impossible(`Nothing of model ${model} serves behind ${functionName}:${alias}; see npm run models.`);
      const log = await registry.log(model);
      const earlier = previousChampions(log, name);
      const version = to ?? championBefore(log, name);
      if (version === null)
        throw impossible(
          `Version ${champion.version} of ${model} is the first that served, there is none before it; name one with --to.`,
        );
      if (version === champion.version) throw impossible(`Version ${version} of ${model} serves already.`);
      if (!earlier.includes(version))
        throw impossible(
          `Version ${version} of ${model} never served behind ${functionName}:${alias}, so it is not approved there; choose from ${earlier.join(', ') || 'none'}.`,
        );
      const { model: artifact } = await registry.version(model, version);
      return {
        from: champion.version,
        to: { name: model, version, sha256: artifact.sha256 },
        policy: { ...DEFAULT_DEPLOYMENT, functionName, alias },
      };
    },
  };
}

const impossible = (message: string) => new PipelineFailure('RollbackImpossible', message);
