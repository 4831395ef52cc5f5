import { z } from 'zod';
import type { Routing, Endpoint, DeployInput } from '../contracts/pipeline.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { RegisteredModel } from '../contracts/values.js';
import { shortDigest } from '../contracts/text.js';
import { championAlias } from '../registry/registry.js';
import { servedAt } from '../registry/served.js';
import { bundleHandler } from '../deploy/bundle.js';
import { deployInput, shiftInput } from './inputs/deployment.js';
import { functionVersion, text, version, inputsOf } from './inputs/parse.js';
import { actedOn, approved } from './approve.js';
import { operationOf, type Ports } from './ports.js';

/** What serves behind an alias, by function version and by registered version; `null` for nothing. */
export interface Serving {
  routing: Routing | null;
  /** Registered version behind the function version that has the traffic, `null` when the log does not know it. */
  former: number | null;
  champion: number | null;
}

/** A published version of the function. */
export interface Published {
  functionVersion: string;
  /** False when this very code was there already. */
  published: boolean;
}

/** How the traffic of an alias is to be spread. */
export interface ShiftInput {
  input: DeployInput;
  /** How the alias was left; when it is neither so nor as wanted, somebody else moved it. `undefined`: whatever it is. */
  expected?: Routing | null;
  /** `null` takes the alias away, which is how a first deployment is undone. */
  routing: Routing | null;
  /** Puts back what was: the function URL is left alone, so that its troubles cannot keep the former version away. */
  undo?: true;
  /** Registered versions behind the function versions, for the log. */
  versions: Record<string, number | null>;
}

/** Deploy: publish, prove, shift, promote. Each may be repeated without a second effect. */
export function createDeployActivities({
  registry,
  store,
  deployer,
  running,
  now,
}: Pick<Ports, 'registry' | 'store' | 'deployer' | 'running' | 'now'>) {
  const checkApproval = (model: RegisteredModel) => approved(registry, model);

  return {
    async servingNow({ model, policy }: DeployInput): Promise<Serving> {
      const current = await deployer.describe(policy, running());
      const champion = (await registry.aliases(model.name)).get(championAlias(model.name, policy)) ?? null;
      const routing = current && { functionVersion: current.functionVersion, canary: current.canary };
      const log = await registry.log(model.name);
      const said = servedAt(log, `${policy.functionName}:${policy.alias}`, now());
      const main = said?.shares.find(({ functionVersion }) => functionVersion === routing?.functionVersion);
      return { routing, former: main?.version ?? null, champion };
    },

    async publishModel({ model, policy, functionVersion: earlier }: DeployInput): Promise<Published> {
      const registered = await checkApproval(model);
      const description = `${model.name} version ${model.version}, ${shortDigest(model.sha256)}`;
      const { functionName, function: settings } = policy;
      // A function that was made anew numbers its versions from 1 again.
      if (earlier !== undefined && (await deployer.descriptionOf(functionName, earlier, running())) === description)
        return { functionVersion: earlier, published: false };
      const zip = await bundleHandler(await store.get(registered.model), model);
      const { functionVersion, published } = await deployer.publish(
        { functionName, zip, description, settings },
        running(),
      );
      return { functionVersion, published };
    },

    /** @throws SmokeTestFailed when an answer differs from the one that was registered with the model */
    async smokeTest({ input, functionVersion }: { input: DeployInput; functionVersion: string }): Promise<number> {
      const { model, policy } = input;
      const { functionName } = policy;
      const registered = await actedOn(registry, model);
      const { golden } = registered;
      for (const { event, expected } of golden) {
        const request = { functionName, qualifier: functionVersion, event, purpose: 'smoke-test' as const };
        const answer = await deployer.invoke(request, running());
        const found = answer.payload as { predictions?: unknown; score?: unknown } | null;
        const same = found?.predictions === expected.prediction && found.score === expected.score;
        if (answer.functionError !== null || !same)
          throw new PipelineFailure(
            'SmokeTestFailed',
            `Function ${functionName} version ${functionVersion} does not answer as ${model.name} version ${model.version} does (${answer.functionError ?? 'another prediction'}); nothing was switched, see the function's log.`,
          );
      }
      return golden.length;
    },

    /** Spreads the alias' traffic and writes down who serves now. */
    async shiftTraffic({ input, expected, routing, undo, versions }: ShiftInput): Promise<Endpoint> {
      const { model, policy } = input;
      const { functionName, alias } = policy;
      const options = running();
      if (!undo) await checkApproval(model);
      if (routing === null) {
        const found = await deployer.describe(policy, options);
        // Somebody else's alias is not ours to remove.
        if (found && versions[found.functionVersion] === undefined) return { url: '', alias };
        await deployer.removeAlias(policy, options);
      } else {
        const lock = expected === undefined ? {} : { expected };
        await deployer.routeAlias({ functionName, alias, routing, ...lock }, options);
      }
      const shares = sharesOf(routing).map(({ functionVersion, percent }) => ({
        functionVersion,
        percent,
        version: versions[functionVersion] ?? null,
      }));
      await registry.record(model.name, {
        event: 'traffic',
        target: `${functionName}:${alias}`,
        shares,
        ...causeOf(input),
      });
      if (routing === null || undo) return { url: '', alias };
      const { urlAccess: authType, create, cors } = policy.function;
      return { url: await deployer.ensureUrl({ functionName, alias, authType, create, cors }, options), alias };
    },

    async promoteModel(input: DeployInput): Promise<void> {
      const { model, policy } = input;
      await checkApproval(model);
      const alias = championAlias(model.name, policy);
      await registry.setAlias(model.name, { alias, version: model.version, ...causeOf(input) });
    },

    /** Undoes a promotion, whether it had come to pass or not. */
    async restoreChampion({ input, champion }: { input: DeployInput; champion: number | null }): Promise<void> {
      const { model, policy } = input;
      const alias = championAlias(model.name, policy);
      // One that is gone is no champion to come back to.
      const there = (await registry.versions(model.name)).some(({ version }) => version === champion);
      const version = there ? champion : null;
      await registry.setAlias(model.name, {
        alias,
        version,
        ...causeOf({ ...input, reason: 'deployment rolled back' }),
      });
    },

    /** Writes down that a deployment went back, and why. */
    async recordRollback({ input, reason }: { input: DeployInput; reason: string }): Promise<void> {
      const { model, policy } = input;
      const target = `${policy.functionName}:${policy.alias}` as const;
      const run = operationOf(running());
      await registry.record(model.name, {
        event: 'rolled-back',
        version: model.version,
        target,
        run,
        ...causeOf({ ...input, reason }),
      });
    },
  };
}

/** Who asked for a deployment and why, as the log has it. */
const causeOf = ({ by, proof, reason }: Pick<DeployInput, 'by' | 'proof' | 'reason'>) => ({
  by,
  reason,
  ...(proof === undefined ? {} : { proof }),
});

function sharesOf(routing: Routing | null) {
  if (routing === null) return [];
  const { functionVersion, canary } = routing;
  const main = { functionVersion, percent: 100 - (canary?.percent ?? 0) };
  return canary === null ? [main] : [main, canary];
}

/** Stage and schema of each. */
export const DEPLOY_INPUTS = inputsOf<ReturnType<typeof createDeployActivities>>()({
  servingNow: { stage: 'deploy', input: deployInput },
  publishModel: { stage: 'deploy', input: deployInput },
  smokeTest: { stage: 'deploy', input: z.strictObject({ input: deployInput, functionVersion }) },
  shiftTraffic: { stage: 'deploy', input: shiftInput },
  promoteModel: { stage: 'deploy', input: deployInput },
  restoreChampion: { stage: 'deploy', input: z.strictObject({ input: deployInput, champion: version.nullable() }) },
  recordRollback: { stage: 'deploy', input: z.strictObject({ input: deployInput, reason: text }) },
});
