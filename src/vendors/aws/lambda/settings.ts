import { isDeepStrictEqual } from 'node:util';
import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionConfigurationCommand,
  type FunctionConfiguration,
  type Runtime,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import type { CorsPolicy, FunctionSettings } from '../../../contracts/definition.js';
import { PipelineFailure } from '../../../contracts/failures.js';
import type { PublishRequest } from '../../../deploy/deployer.js';
import { errorName } from '../client.js';

/** What the parts of the deployer share: the client, its rights, and how a call is bound to its signal. */
export interface LambdaContext {
  client: LambdaClient;
  createMissing: boolean;
  /** Options of one SDK call. */
  send: { abortSignal?: AbortSignal };
}

/** The failure of a thing that this deployer may not, or cannot, make. */
export function missing(what: string): PipelineFailure {
  return new PipelineFailure(
    'FunctionMissing',
    `${what} does not exist and is not this deployer's to make, because Terraform owns it; apply the Terraform configuration first, or set deployment.function.create to true.`,
  );
}

/** The answer of a call, `null` when what it asks for does not exist. */
export async function orMissing<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (errorName(error) === 'ResourceNotFoundException') return null;
    throw error;
  }
}

/** A role of no account, for endpoints that look at none. */
export const LOCAL_ROLE = 'arn:aws:iam::000000000000:role/local';

/** A function that is made without being told how. */
export const DEFAULT_SETTINGS: FunctionSettings = {
  create: false,
  role: null,
  runtime: 'nodejs22.x',
  architecture: 'arm64',
  memoryMiB: 256,
  timeoutSeconds: 10,
  reservedConcurrency: null,
  captureInputs: null,
  urlAccess: 'AWS_IAM',
  cors: null,
};

/** Settings as the API spells them. */
export const settingsInput = ({ runtime, memoryMiB, timeoutSeconds }: FunctionSettings) => ({
  Runtime: runtime as Runtime, // the SDK's list may be older than a runtime
  MemorySize: memoryMiB,
  Timeout: timeoutSeconds,
});

/**
 * Keeps a function that is ours (not Terraform's) at its settings; anybody else's stays as it is.
 * @returns its configuration afterwards
 */
export async function keepSettings(
  context: LambdaContext,
  latest: FunctionConfiguration,
  { functionName, settings }: Pick<PublishRequest, 'functionName' | 'settings'>,
  settled: () => Promise<void>,
): Promise<FunctionConfiguration> {
  const { client, send } = context;
  if (settings?.create !== true) return latest;
  const key = { FunctionName: functionName };
  await reserve(context, functionName, settings.reservedConcurrency);
  const wanted = { ...settingsInput(settings), Role: settings.role ?? latest.Role };
  const { Runtime, MemorySize, Timeout, Role } = latest;
  if (isDeepStrictEqual(wanted, { Runtime, MemorySize, Timeout, Role })) return latest;
  await settled();
  await client.send(new UpdateFunctionConfigurationCommand({ ...key, ...wanted }), send);
  await settled();
  return client.send(new GetFunctionConfigurationCommand(key), send);
}

/** Environment variables that the handler reads: `off` leaves the inputs out of its prediction log; a policy as JSON. */
const CAPTURE_VARIABLE = 'CAPTURE_INPUTS';
const CORS_VARIABLE = 'CORS';

/**
 * Turns the logging of inputs on or off, and lets pages of other origins ask, where the request says so.
 * @returns the function's configuration afterwards
 * @throws PipelineFailure `CaptureNotSwitched`, `CorsNotSet` when it is otherwise and the function is somebody else's
 */
export async function keepVariables(
  { client, send, createMissing }: LambdaContext,
  latest: FunctionConfiguration,
  { functionName, settings }: Pick<PublishRequest, 'functionName' | 'settings'>,
  settled: () => Promise<void>,
): Promise<FunctionConfiguration> {
  const variables = latest.Environment?.Variables ?? {};
  const wanted = {
    ...captureVariable(variables, settings?.captureInputs ?? null),
    ...corsVariable(variables, settings?.cors ?? null),
  };
  if (Object.keys(wanted).length === 0) return latest;
  if (!createMissing && settings?.create !== true) throw notOurs(functionName, wanted);
  await settled();
  const Variables = { ...variables, ...wanted };
  const key = { FunctionName: functionName };
  await client.send(new UpdateFunctionConfigurationCommand({ ...key, Environment: { Variables } }), send);
  await settled();
  return client.send(new GetFunctionConfigurationCommand(key), send);
}

type Variables = Record<string, string>;

/** The variable as it should be, nothing when it is so. */
function captureVariable(variables: Variables, wanted: boolean | null): Variables {
  const found = variables[CAPTURE_VARIABLE] !== 'off';
  return wanted === null || wanted === found ? {} : { [CAPTURE_VARIABLE]: wanted ? 'on' : 'off' };
}

/** Two policies are one whatever order they are written in. */
function corsVariable(variables: Variables, wanted: CorsPolicy | null): Variables {
  if (wanted === null) return {};
  const text = corsText(wanted);
  const found = variables[CORS_VARIABLE] ?? '';
  return found === text || sameJson(found, text) ? {} : { [CORS_VARIABLE]: text };
}

const corsText = ({ allowOrigins, allowHeaders, maxAgeSeconds }: CorsPolicy): string =>
  JSON.stringify({ allowOrigins, allowHeaders, maxAgeSeconds });

function sameJson(one: string, other: string): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(one), JSON.parse(other));
  } catch {
    return false; // what is no JSON is no policy of ours
  }
}

function notOurs(functionName: string, wanted: Variables): PipelineFailure {
  const capture = wanted[CAPTURE_VARIABLE];
  if (capture !== undefined)
    return new PipelineFailure(
      'CaptureNotSwitched',
      `Function ${functionName} has the capture of inputs ${capture === 'on' ? 'off' : 'on'} where the definition wants it ${capture}, and Terraform owns it: set its variable ${CAPTURE_VARIABLE} to ${capture} there, or deployment.function.create to true.`,
    );
  return corsNotSet(functionName, 'its variable CORS');
}

/** Terraform sets both places that know of other origins by one of its variables. */
export const corsNotSet = (functionName: string, where: string): PipelineFailure =>
  new PipelineFailure(
    'CorsNotSet',
    `Function ${functionName} lets other pages ask otherwise than deployment.function.cors of the definition says (${where}), and Terraform owns it: set function.cors there to the same, or deployment.function.create to true.`,
  );

async function reserve({ client, send }: LambdaContext, functionName: string, wanted: number | null): Promise<void> {
  const key = { FunctionName: functionName };
  const found = await client.send(new GetFunctionConcurrencyCommand(key), send);
  if ((found.ReservedConcurrentExecutions ?? null) === wanted) return;
  if (wanted === null) await client.send(new DeleteFunctionConcurrencyCommand(key), send);
  else await client.send(new PutFunctionConcurrencyCommand({ ...key, ReservedConcurrentExecutions: wanted }), send);
}
