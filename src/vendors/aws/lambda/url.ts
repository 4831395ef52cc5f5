import { isDeepStrictEqual } from 'node:util';
import {
  AddPermissionCommand,
  CreateFunctionUrlConfigCommand,
  GetFunctionUrlConfigCommand,
  UpdateFunctionUrlConfigCommand,
  type AddPermissionCommandInput,
  type Cors,
} from '@aws-sdk/client-lambda';
import { errorName } from '../errors.js';
import type { CorsPolicy } from '../../../contracts/definition.js';
import type { Deployer } from '../../../deploy/deployer.js';
import { corsNotSet, missing, orMissing, type LambdaContext } from './settings.js';

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
