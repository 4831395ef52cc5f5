import {
  CreateAliasCommand,
  GetAliasCommand,
  UpdateAliasCommand,
  type AliasConfiguration,
} from '@aws-sdk/client-lambda';
import { errorName } from './aws-errors.js';
import type { AliasTarget } from './deployer.js';
import { missing, orMissing, type LambdaContext } from './lambda-context.js';

/** Someone else may move the alias between our reading and our writing this many times. */
const MAX_ATTEMPTS = 5;
const RACES = new Set(['PreconditionFailedException', 'ResourceConflictException']);

/** Sends all traffic of an alias to one version, under the alias' revision as an optimistic lock. */
export async function pointAlias(
  { client, send }: LambdaContext,
  { functionName, alias, functionVersion }: AliasTarget & { functionVersion: string },
): Promise<{ changed: boolean; previousVersion: string | null }> {
  const key = { FunctionName: functionName, Name: alias };
  const write = async (current: AliasConfiguration | null): Promise<void> => {
    if (current === null) {
      const created = await orMissing(
        client.send(new CreateAliasCommand({ ...key, FunctionVersion: functionVersion }), send),
      );
      if (created === null) throw missing(`Version ${functionVersion} of function ${functionName}`);
      return;
    }
    const update = new UpdateAliasCommand({
      ...key,
      FunctionVersion: functionVersion,
      RoutingConfig: { AdditionalVersionWeights: {} },
      RevisionId: current.RevisionId,
    });
    if ((await orMissing(client.send(update, send))) === null)
      throw missing(`Version ${functionVersion} of function ${functionName}`);
  };

  for (let attempt = 1; ; attempt++) {
    const current = await orMissing(client.send(new GetAliasCommand(key), send));
    const previousVersion = current?.FunctionVersion ?? null;
    const weighted = Object.keys(current?.RoutingConfig?.AdditionalVersionWeights ?? {}).length > 0;
    if (previousVersion === functionVersion && !weighted) return { changed: false, previousVersion };
    try {
      await write(current);
      return { changed: true, previousVersion };
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS || !RACES.has(errorName(error))) throw error;
    }
  }
}
