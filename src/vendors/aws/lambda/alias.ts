import {
  CreateAliasCommand,
  GetAliasCommand,
  UpdateAliasCommand,
  type AliasConfiguration,
  AddPermissionCommand,
  CreateFunctionUrlConfigCommand,
  GetFunctionUrlConfigCommand,
  UpdateFunctionUrlConfigCommand,
  type AddPermissionCommandInput,
  type Cors,
} from '@aws-sdk/client-lambda';
import { isDeepStrictEqual } from 'node:util';
import type { CorsPolicy } from '../../../contracts/definition.js';
import type { Routing } from '../../../contracts/pipeline.js';
import { PipelineFailure } from '../../../contracts/failures.js';
import type { AliasTarget, Deployer } from '../../../deploy/deployer.js';
import { errorName } from '../client.js';
import { missing, orMissing, type LambdaContext, corsNotSet } from './settings.js';

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

type Request = Parameters<Deployer['ensureUrl']>[0];

/** Methods that the handler answers to, beside a browser's own question before it asks. */
const METHODS = ['GET', 'POST'];

/**
 * Address of an alias' function URL. Only a deployer that makes things creates it, changes its kind of access, opens it
 * to everyone (`NONE`) or to pages of other origins; otherwise an existing URL is left as its owner made it.
 * @throws PipelineFailure `CorsNotSet` when that lets other pages ask otherwise than the request says
 */
export async function ensureUrl(context: LambdaContext, request: Request): Promise<string> {
  const { client, send } = context;
  const createMissing = context.createMissing || request.create === true;
  const key = { FunctionName: request.functionName, Qualifier: request.alias };
  const found = await orMissing(client.send(new GetFunctionUrlConfigCommand(key), send));
  const cors = request.cors ?? null;
  const open = cors === null || isAllowedBy(found?.Cors, cors);
  if (!createMissing) {
    if (!found?.FunctionUrl) throw missing(`The URL of function ${request.functionName}:${request.alias}`);
    if (!open) throw corsNotSet(request.functionName, 'the settings of its URL');
    return found.FunctionUrl;
  }
  if (request.authType === 'NONE') await allowEveryone(context, request);
  if (found?.FunctionUrl && found.AuthType === request.authType && open) return found.FunctionUrl;
  const wanted = { ...key, AuthType: request.authType, ...(cors === null ? {} : { Cors: urlCors(cors) }) };
  try {
    const answer = found
      ? await client.send(new UpdateFunctionUrlConfigCommand(wanted), send)
      : await orMissing(client.send(new CreateFunctionUrlConfigCommand(wanted), send));
    if (!answer?.FunctionUrl) throw missing(`Alias ${request.alias} of function ${request.functionName}`);
    return answer.FunctionUrl;
  } catch (error) {
    if (errorName(error) !== 'ResourceConflictException') throw error;
    const made = await client.send(new GetFunctionUrlConfigCommand(key), send); // by another in between
    if (!made.FunctionUrl) throw error;
    return made.FunctionUrl;
  }
}

const urlCors = ({ allowOrigins, allowHeaders, maxAgeSeconds }: CorsPolicy) => ({
  AllowOrigins: allowOrigins,
  AllowHeaders: allowHeaders,
  AllowMethods: METHODS,
  MaxAge: maxAgeSeconds,
  AllowCredentials: false,
});

/** Whether the settings of a URL are those of a policy; what is listed has no order. */
function isAllowedBy(found: Cors | undefined, policy: CorsPolicy): boolean {
  if (found === undefined) return false;
  const listed = (list: string[] | undefined) => [...(list ?? [])].map((item) => item.toLowerCase()).sort();
  const wanted = urlCors(policy);
  return (
    isDeepStrictEqual(listed(found.AllowOrigins), listed(wanted.AllowOrigins)) &&
    isDeepStrictEqual(listed(found.AllowHeaders), listed(wanted.AllowHeaders)) &&
    isDeepStrictEqual(listed(found.AllowMethods), listed(wanted.AllowMethods)) &&
    (found.MaxAge ?? 0) === wanted.MaxAge &&
    found.AllowCredentials !== true
  );
}

/** The two statements that a public URL needs since October 2025. Each alias has a policy of its own, so their ids need not name it. */
async function allowEveryone({ client, send }: LambdaContext, { functionName, alias }: Request): Promise<void> {
  const base = { FunctionName: functionName, Qualifier: alias, Principal: '*' };
  const statements: AddPermissionCommandInput[] = [
    { ...base, StatementId: 'public-url', Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' },
    { ...base, StatementId: 'public-invoke', Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
  ];
  for (const statement of statements) {
    try {
      await client.send(new AddPermissionCommand(statement), send);
    } catch (error) {
      if (errorName(error) === 'ResourceNotFoundException') throw missing(`Alias ${alias} of function ${functionName}`);
      if (errorName(error) !== 'ResourceConflictException') throw error; // said before
    }
  }
}
