import { createHash } from 'node:crypto';
import {
  DeleteAliasCommand,
  DeleteFunctionUrlConfigCommand,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  GetFunctionUrlConfigCommand,
  InvokeCommand,
  LambdaClient,
  type LambdaClientConfig,
} from '@aws-sdk/client-lambda';
import { translated } from './aws-errors.js';
import type { AliasTarget, CallOptions, Deployer } from './deployer.js';
import { pointAlias } from './lambda-alias.js';
import { missing, orMissing, type LambdaContext } from './lambda-context.js';
import { publishCode } from './lambda-publish.js';
import { ensureUrl } from './lambda-url.js';

export interface LambdaDeployerOptions {
  /** Address of a Lambda-compatible endpoint; left out, AWS itself. */
  endpoint?: string;
  region: string;
  /** Left out, the SDK's own chain (environment, profile, role). A local endpoint takes any. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** Execution role of a function that is created. */
  role?: string;
  /** True makes missing functions and URLs. False leaves that to the owner of the infrastructure. */
  createMissing: boolean;
}

const LOCAL_ROLE = 'arn:aws:iam::000000000000:role/local';

/** Deploys to AWS Lambda, or to anything that speaks its API. */
export function createLambdaDeployer(options: LambdaDeployerOptions): Deployer {
  const config: LambdaClientConfig = { region: options.region };
  if (options.endpoint !== undefined) config.endpoint = options.endpoint;
  if (options.credentials !== undefined) config.credentials = options.credentials;
  const client = new LambdaClient(config);
  const { createMissing, role = LOCAL_ROLE } = options;

  /** Runs a deed with its signal and gives its failure a name. */
  const run = async <T>(
    doing: string,
    call: CallOptions | undefined,
    deed: (context: LambdaContext) => Promise<T>,
  ): Promise<T> => {
    const send = call?.signal === undefined ? {} : { abortSignal: call.signal };
    try {
      call?.signal?.throwIfAborted();
      return await deed({ client, role, createMissing, send });
    } catch (error) {
      throw call?.signal?.aborted === true ? error : translated(error, doing);
    }
  };

  return {
    publish: (request, call) =>
      run(`Publishing function ${request.functionName}`, call, (context) => {
        const codeSha256 = createHash('sha256').update(request.zip).digest('base64');
        return publishCode(context, { ...request, codeSha256 });
      }),
    invoke: ({ functionName, qualifier, event }, call) =>
      run(`Invoking function ${functionName}:${qualifier}`, call, async (context) => {
        const command = new InvokeCommand({
          FunctionName: functionName,
          Qualifier: qualifier,
          Payload: JSON.stringify(event),
        });
        const answer = await orMissing(context.client.send(command, context.send));
        if (answer === null) throw missing(`Function ${functionName} with version or alias ${qualifier}`);
        return {
          payload: parsed(answer.Payload),
          executedVersion: answer.ExecutedVersion ?? qualifier,
          functionError: answer.FunctionError ?? null,
        };
      }),
    pointAlias: (request, call) =>
      run(`Pointing alias ${request.alias} of function ${request.functionName}`, call, (context) =>
        pointAlias(context, request),
      ),
    removeAlias: ({ functionName, alias }, call) =>
      run(`Removing alias ${alias} of function ${functionName}`, call, async (context) => {
        const known = await orMissing(
          context.client.send(new GetAliasCommand({ FunctionName: functionName, Name: alias }), context.send),
        );
        if (known === null) return false;
        const url = new DeleteFunctionUrlConfigCommand({ FunctionName: functionName, Qualifier: alias });
        await orMissing(context.client.send(url, context.send));
        await context.client.send(new DeleteAliasCommand({ FunctionName: functionName, Name: alias }), context.send);
        return true;
      }),
    describe: ({ functionName, alias }, call) =>
      run(`Reading alias ${alias} of function ${functionName}`, call, async (context) => {
        const found = await orMissing(
          context.client.send(new GetAliasCommand({ FunctionName: functionName, Name: alias }), context.send),
        );
        if (!found?.FunctionVersion) return null;
        const Qualifier = found.FunctionVersion;
        const version = new GetFunctionConfigurationCommand({ FunctionName: functionName, Qualifier });
        const { CodeSha256 = '' } = await context.client.send(version, context.send);
        return {
          functionVersion: Qualifier,
          codeSha256: CodeSha256,
          url: await readUrl(context, { functionName, alias }),
        };
      }),
    ensureUrl: (request, call) =>
      run(`Preparing the URL of function ${request.functionName}`, call, (context) => ensureUrl(context, request)),
  };
}

async function readUrl({ client, send }: LambdaContext, { functionName, alias }: AliasTarget): Promise<string | null> {
  const command = new GetFunctionUrlConfigCommand({ FunctionName: functionName, Qualifier: alias });
  return (await orMissing(client.send(command, send)))?.FunctionUrl ?? null;
}

/** JSON of a payload; the raw text when it is none. */
function parsed(payload: Uint8Array | undefined): unknown {
  const text = new TextDecoder().decode(payload);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
