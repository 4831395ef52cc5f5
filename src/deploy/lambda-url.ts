import {
  AddPermissionCommand,
  CreateFunctionUrlConfigCommand,
  GetFunctionUrlConfigCommand,
  UpdateFunctionUrlConfigCommand,
  type AddPermissionCommandInput,
} from '@aws-sdk/client-lambda';
import type { AliasTarget } from './deployer.js';
import { errorName } from '../aws/aws-errors.js';
import { missing, orMissing, type LambdaContext } from './lambda-context.js';

type Request = AliasTarget & { authType: 'NONE' | 'AWS_IAM'; create?: boolean };

/**
 * Address of an alias' function URL. Only a deployer that makes things creates it, changes its kind of access, or opens it
 * to everyone (`NONE`); otherwise an existing URL is left as its owner made it.
 */
export async function ensureUrl(context: LambdaContext, request: Request): Promise<string> {
  const { client, send } = context;
  const createMissing = context.createMissing || request.create === true;
  const key = { FunctionName: request.functionName, Qualifier: request.alias };
  const found = await orMissing(client.send(new GetFunctionUrlConfigCommand(key), send));
  if (!createMissing) {
    if (found?.FunctionUrl) return found.FunctionUrl;
    throw missing(`The URL of function ${request.functionName}:${request.alias}`);
  }
  if (request.authType === 'NONE') await allowEveryone(context, request);
  if (found?.FunctionUrl && found.AuthType === request.authType) return found.FunctionUrl;
  const wanted = { ...key, AuthType: request.authType };
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

/** The two statements that a public URL needs since October 2025. */
async function allowEveryone({ client, send }: LambdaContext, { functionName, alias }: Request): Promise<void> {
  const base = { FunctionName: functionName, Qualifier: alias, Principal: '*' };
  const statements: AddPermissionCommandInput[] = [
    { ...base, StatementId: `public-url-${alias}`, Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' },
    { ...base, StatementId: `public-invoke-${alias}`, Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
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
