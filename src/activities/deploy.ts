import type { DeployInput } from '../contracts/pipeline.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { Endpoint, RegisteredModel } from '../contracts/results.js';
import { championAlias } from '../registry/registry.js';
import { bundleHandler } from '../serving/bundle.js';
import { goldenRequests } from '../serving/golden.js';
import { parseModelDocument } from '../serving/model-document.js';
import type { Ports } from './ports.js';

export interface Target {
  functionName: string;
  alias: string;
  functionVersion: string;
}

/** What serves behind an alias; `null` for nothing. */
export interface Serving {
  functionVersion: string | null;
  champion: number | null;
}

/** Deploy: publish, prove, shift, promote. Each may be repeated without a second effect. */
export function createDeployActivities({ registry, store, deployer, running }: Ports) {
  const modelBytes = async ({ name, version }: RegisteredModel) =>
    store.get((await registry.version(name, version)).model);

  return {
    async publishModel({ model, functionName }: DeployInput): Promise<{ functionVersion: string; published: boolean }> {
      const zip = await bundleHandler(await modelBytes(model), model);
      const description = `${model.name} version ${model.version}, ${model.sha256.slice(0, 12)}`;
      const { functionVersion, published } = await deployer.publish({ functionName, zip, description }, running());
      return { functionVersion, published };
    },

    /** @throws SmokeTestFailed when an answer differs from the registered model's own */
    async smokeTest({ model, functionName, functionVersion }: Target & { model: RegisteredModel }): Promise<number> {
      const golden = goldenRequests(parseModelDocument(await modelBytes(model)));
      for (const { event, expected } of golden) {
        const answer = await deployer.invoke({ functionName, qualifier: functionVersion, event }, running());
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

    /** What serves behind the alias, by function version and by registered version. */
    async servingNow({ model, functionName, alias }: DeployInput): Promise<Serving> {
      const current = await deployer.describe({ functionName, alias }, running());
      const champion = await registry.alias(model.name, championAlias(model.name, { functionName, alias }));
      return { functionVersion: current?.functionVersion ?? null, champion: champion?.version ?? null };
    },

    /** Points the alias; `null` takes it away, which is how a first deployment is undone. */
    async shiftTraffic({
      functionName,
      alias,
      functionVersion,
    }: Omit<Target, 'functionVersion'> & { functionVersion: string | null }): Promise<Endpoint> {
      const options = running();
      if (functionVersion === null) {
        await deployer.removeAlias({ functionName, alias }, options);
        return { url: '', alias };
      }
      await deployer.pointAlias({ functionName, alias, functionVersion }, options);
      return { url: await deployer.ensureUrl({ functionName, alias, authType: 'AWS_IAM' }, options), alias };
    },

    async promoteModel({ model, reason, by, ...target }: DeployInput): Promise<void> {
      const alias = championAlias(model.name, target);
      await registry.setAlias(model.name, { alias, version: model.version, by, reason });
    },

    /** Undoes a promotion, whether it had come to pass or not. */
    async restoreChampion({ model, by, champion, ...target }: DeployInput & Pick<Serving, 'champion'>): Promise<void> {
      const alias = championAlias(model.name, target);
      await registry.setAlias(model.name, { alias, version: champion, by, reason: 'deployment rolled back' });
    },
  };
}
