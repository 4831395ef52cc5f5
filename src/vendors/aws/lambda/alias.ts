import {
  CreateAliasCommand,
  GetAliasCommand,
  UpdateAliasCommand,
  type AliasConfiguration,
} from '@aws-sdk/client-lambda';
import type { Routing } from '../../../contracts/deployment.js';
import { PipelineFailure } from '../../../contracts/failures.js';
import { errorName } from '../errors.js';
import type { AliasTarget } from '../../../deploy/deployer.js';
import { missing, orMissing, type LambdaContext } from './settings.js';

/** Someone else may move the alias between our reading and our writing this many times. */
const MAX_ATTEMPTS = 5;
const RACES = new Set(['PreconditionFailedException', 'ResourceConflictException']);

/** How an alias routes, `null` when it does not exist. */
export async function readRouting({ client, send }: LambdaContext, target: AliasTarget): Promise<Routing | null> {
  const key = { FunctionName: target.functionName, Name: target.alias };
  return routingOf(await orMissing(client.send(new GetAliasCommand(key), send)));
}

/** Spreads the traffic of an alias, under the alias' revision as an optimistic lock. */
export async function routeAlias(
  { client, send }: LambdaContext,
  { functionName, alias, routing, expected }: AliasTarget & { routing: Routing; expected?: Routing | null },
): Promise<{ changed: boolean; previous: Routing | null }> {
  const key = { FunctionName: functionName, Name: alias };
  const { functionVersion, canary } = routing;
  const AdditionalVersionWeights = canary === null ? {} : { [canary.functionVersion]: canary.percent / 100 };
  const wanted = { ...key, FunctionVersion: functionVersion, RoutingConfig: { AdditionalVersionWeights } };

  for (let attempt = 1; ; attempt++) {
    const current = await orMissing(client.send(new GetAliasCommand(key), send));
    const previous = routingOf(current);
    if (same(previous, routing)) return { changed: false, previous };
    if (expected !== undefined && !same(previous, expected)) throw moved(functionName, alias, previous, expected);
    try {
      const RevisionId = current?.RevisionId;
      const write =
        current === null
          ? client.send(new CreateAliasCommand(wanted), send)
          : client.send(new UpdateAliasCommand({ ...wanted, RevisionId }), send);
      if ((await orMissing<unknown>(write)) === null)
        throw missing(`Version ${functionVersion} of function ${functionName}`);
      return { changed: true, previous };
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS || !RACES.has(errorName(error))) throw error;
    }
  }
}

function routingOf(alias: AliasConfiguration | null): Routing | null {
  if (!alias?.FunctionVersion) return null;
  const [weighted] = Object.entries(alias.RoutingConfig?.AdditionalVersionWeights ?? {});
  const canary = weighted && weighted[1] > 0 ? { functionVersion: weighted[0], percent: percentOf(weighted[1]) } : null;
  return { functionVersion: alias.FunctionVersion, canary };
}

/** 0.07 * 100 is not 7. */
const rounded = (percent: number) => Number(percent.toFixed(6));

const percentOf = (share: number) => rounded(share * 100);

const same = (a: Routing | null, b: Routing | null) =>
  a?.functionVersion === b?.functionVersion &&
  a?.canary?.functionVersion === b?.canary?.functionVersion &&
  rounded(a?.canary?.percent ?? 0) === rounded(b?.canary?.percent ?? 0);

const moved = (functionName: string, alias: string, found: Routing | null, expected: Routing | null) =>
  new PipelineFailure(
    'AliasMoved',
    `Alias ${alias} of function ${functionName} was changed by someone else: it is on ${inWords(found)}, and the deployment had left it on ${inWords(expected)}; let only one deployer move it, then deploy again.`,
  );

function inWords(routing: Routing | null): string {
  if (routing === null) return 'no version';
  const { functionVersion, canary } = routing;
  return `version ${functionVersion}${canary === null ? '' : ` with ${canary.percent} % to version ${canary.functionVersion}`}`;
}
