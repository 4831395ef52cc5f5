import { isDeepStrictEqual } from 'node:util';
import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionConfigurationCommand,
  type FunctionConfiguration,
  type Runtime,
} from '@aws-sdk/client-lambda';
import type { FunctionSettings } from '../contracts/deployment.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { PublishRequest } from './deployer.js';
import type { LambdaContext } from './lambda-context.js';

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

/** Environment variable that the handler reads: `off` leaves the inputs out of its prediction log. */
const CAPTURE_VARIABLE = 'CAPTURE_INPUTS';

/**
 * Turns the logging of inputs on or off, where the request says so.
 * @returns the function's configuration afterwards
 * @throws PipelineFailure `CaptureNotSwitched` when it is otherwise and the function is somebody else's
 */
export async function switchCapture(
  { client, send, createMissing }: LambdaContext,
  latest: FunctionConfiguration,
  { functionName, settings }: Pick<PublishRequest, 'functionName' | 'settings'>,
  settled: () => Promise<void>,
): Promise<FunctionConfiguration> {
  const wanted = settings?.captureInputs ?? null;
  const variables = latest.Environment?.Variables ?? {};
  const found = variables[CAPTURE_VARIABLE] !== 'off';
  if (wanted === null || wanted === found) return latest;
  if (!createMissing && settings?.create !== true) {
    const [is, should] = wanted ? ['off', 'on'] : ['on', 'off'];
    throw new PipelineFailure(
      'CaptureNotSwitched',
      `Function ${functionName} has the capture of inputs ${is} where the definition wants it ${should}, and Terraform owns it: set its variable ${CAPTURE_VARIABLE} to ${should} there, or deployment.function.create to true.`,
    );
  }
  await settled();
  const Variables = { ...variables, [CAPTURE_VARIABLE]: wanted ? 'on' : 'off' };
  const key = { FunctionName: functionName };
  await client.send(new UpdateFunctionConfigurationCommand({ ...key, Environment: { Variables } }), send);
  await settled();
  return client.send(new GetFunctionConfigurationCommand(key), send);
}

async function reserve({ client, send }: LambdaContext, functionName: string, wanted: number | null): Promise<void> {
  const key = { FunctionName: functionName };
  const found = await client.send(new GetFunctionConcurrencyCommand(key), send);
  if ((found.ReservedConcurrentExecutions ?? null) === wanted) return;
  if (wanted === null) await client.send(new DeleteFunctionConcurrencyCommand(key), send);
  else await client.send(new PutFunctionConcurrencyCommand({ ...key, ReservedConcurrentExecutions: wanted }), send);
}
