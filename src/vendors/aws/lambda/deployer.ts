import { createHash } from 'node:crypto';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
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
import { translated, traced } from '../client.js';
import type { AliasTarget, CallOptions, Deployer } from '../../../deploy/deployer.js';
import { readRouting, routeAlias, ensureUrl } from './alias.js';
import { missing, orMissing, type LambdaContext } from './settings.js';
import { publishCode } from './publish.js';

/** Where Lambda is, who asks, and what may be made there. */
export interface LambdaDeployerOptions {
  /** Address of a Lambda-compatible endpoint; left out, AWS itself. */
  endpoint?: string;
  region: string;
  /** Left out, the SDK's own chain (environment, profile, role). A local endpoint takes any. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** True makes missing functions and URLs. False leaves that to the owner of the infrastructure, unless a request asks for it. */
  createMissing: boolean;
  /** Resolution of the metrics, 60 by default as on AWS. */
  metricSeconds?: number;
}

/** Tries of one call in all, with exponential pauses and full jitter between them, for throttling and server faults. */
const MAX_ATTEMPTS = 6;

/** Deploys to AWS Lambda, or to anything that speaks its API. */
export function createLambdaDeployer(options: LambdaDeployerOptions): Deployer {
  const config: LambdaClientConfig = { region: options.region, retryMode: 'standard', maxAttempts: MAX_ATTEMPTS };
  if (options.endpoint !== undefined) config.endpoint = options.endpoint;
  if (options.credentials !== undefined) config.credentials = options.credentials;
  const client = traced(new LambdaClient(config));
  let metrics: CloudWatchClient | undefined; // only a canary needs it
  const { createMissing, metricSeconds = 60 } = options;

  /** Runs an operation with its signal and gives its failure a name. */
  const run = async <T>(
    doing: string,
    call: CallOptions | undefined,
    operation: (context: LambdaContext) => Promise<T>,
  ): Promise<T> => {
    const send = call?.signal === undefined ? {} : { abortSignal: call.signal };
    try {
      call?.signal?.throwIfAborted();
      return await operation({ client, createMissing, send });
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
    descriptionOf: (functionName, functionVersion, call) =>
      run(`Reading version ${functionVersion} of function ${functionName}`, call, async ({ send }) => {
        const key = { FunctionName: functionName, Qualifier: functionVersion };
        const found = await orMissing(client.send(new GetFunctionConfigurationCommand(key), send));
        return found === null ? null : (found.Description ?? '');
      }),
    invoke: ({ functionName, qualifier, event, purpose }, call) =>
      run(`Invoking function ${functionName}:${qualifier}`, call, async (context) => {
        const command = new InvokeCommand({
          FunctionName: functionName,
          Qualifier: qualifier,
          Payload: JSON.stringify(event),
          ...(purpose === undefined ? {} : { ClientContext: clientContext(purpose) }),
        });
        const answer = await orMissing(context.client.send(command, context.send));
        if (answer === null) throw missing(`Function ${functionName} with version or alias ${qualifier}`);
        return {
          payload: parsed(answer.Payload),
          executedVersion: answer.ExecutedVersion ?? qualifier,
          functionError: answer.FunctionError ?? null,
        };
      }),
    routeAlias: (request, call) =>
      run(`Pointing alias ${request.alias} of function ${request.functionName}`, call, (context) =>
        routeAlias(context, request),
      ),
    counts: (request, call) =>
      run(`Reading the metrics of function ${request.functionName}`, call, async ({ send }) => {
        const { createCloudWatch, versionCounts } = await import('./counts.js');
        metrics ??= createCloudWatch(config);
        return versionCounts(metrics, metricSeconds, request, send);
      }),
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
        const routing = await readRouting(context, { functionName, alias });
        if (routing === null) return null;
        const Qualifier = routing.functionVersion;
        const version = new GetFunctionConfigurationCommand({ FunctionName: functionName, Qualifier });
        const { CodeSha256 = '' } = await context.client.send(version, context.send);
        return { ...routing, codeSha256: CodeSha256, url: await readUrl(context, { functionName, alias }) };
      }),
    ensureUrl: (request, call) =>
      run(`Preparing the URL of function ${request.functionName}`, call, (context) => ensureUrl(context, request)),
  };
}

async function readUrl({ client, send }: LambdaContext, { functionName, alias }: AliasTarget): Promise<string | null> {
  const command = new GetFunctionUrlConfigCommand({ FunctionName: functionName, Qualifier: alias });
  return (await orMissing(client.send(command, send)))?.FunctionUrl ?? null;
}

/** Lambda hands this to the handler as `context.clientContext`. */
const clientContext = (purpose: string) => Buffer.from(JSON.stringify({ custom: { purpose } })).toString('base64');

/** JSON of a payload; the raw text when it is none. */
function parsed(payload: Uint8Array | undefined): unknown {
  const text = new TextDecoder().decode(payload);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
