import {
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
  type Architecture,
  type FunctionConfiguration,
} from '@aws-sdk/client-lambda';
import {
  DEFAULT_SETTINGS,
  LOCAL_ROLE,
  keepSettings,
  keepVariables,
  settingsInput,
  missing,
  orMissing,
  type LambdaContext,
} from './settings.js';
import type { PublishedCode, PublishRequest } from '../../../deploy/deployer.js';
import { errorName } from '../client.js';
import { PipelineFailure } from '../../../contracts/failures.js';
import { allPages } from '../../http/exchange.js';

/** Seconds to wait for Lambda to have taken new code. */
const UPDATE_WAIT = 120;
const POLL = { minDelay: 1, maxDelay: 5 };

type Request = PublishRequest & { codeSha256: string };

/** Publishes a zip as a version of a function, or finds the version that already holds it. */
export async function publishCode(context: LambdaContext, request: Request): Promise<PublishedCode> {
  const { client, send } = context;
  const { functionName, codeSha256, description } = request;
  const ready = () => settled(context, functionName);
  const kept = await keepSettings(context, await latestOrCreated(context, request), request, ready);
  const latest = await keepVariables(context, kept, request, ready);
  const changed = architectureOf(latest, request);
  const wanted = changed === null ? latest : { ...latest, Architectures: [changed] };
  const known = await publishedWith(context, functionName, codeSha256, wanted);
  if (known !== null) return { functionVersion: known, codeSha256, published: false };

  if (latest.CodeSha256 !== codeSha256 || changed !== null) {
    await settled(context, functionName);
    const Architectures = changed === null ? {} : { Architectures: [changed] };
    const code = { FunctionName: functionName, ZipFile: request.zip, ...Architectures };
    await client.send(new UpdateFunctionCodeCommand(code), send);
  }
  await settled(context, functionName);
  const publish = new PublishVersionCommand({
    FunctionName: functionName,
    CodeSha256: codeSha256,
    Description: description,
  });
  const { Version } = await client.send(publish, send);
  if (!Version) throw new Error(`PublishVersion of ${functionName} answered without a version`);
  return { functionVersion: Version, codeSha256, published: true };
}

async function latestOrCreated(context: LambdaContext, request: Request): Promise<FunctionConfiguration> {
  const { client, send } = context;
  const { functionName, zip, settings = DEFAULT_SETTINGS } = request;
  const read = new GetFunctionConfigurationCommand({ FunctionName: functionName });
  const found = await orMissing(client.send(read, send));
  if (found !== null) return found;
  if (!context.createMissing && !settings.create) throw missing(`Function ${functionName}`);
  const Role = settings.role ?? (context.createMissing ? LOCAL_ROLE : null);
  if (Role === null) throw roleMissing(functionName);
  try {
    const code = { FunctionName: functionName, Handler: 'index.handler', Role, Code: { ZipFile: zip } };
    const Architectures = [settings.architecture];
    await client.send(new CreateFunctionCommand({ ...code, ...settingsInput(settings), Architectures }), send);
  } catch (error) {
    if (errorName(error) !== 'ResourceConflictException') throw error; // made by another in between
  }
  await waitUntilFunctionActiveV2(
    { client, maxWaitTime: UPDATE_WAIT, ...POLL, ...send },
    { FunctionName: functionName },
  );
  return client.send(read, send);
}

/** The architecture that a function of ours should have and has not; it changes with the code only. */
function architectureOf(latest: FunctionConfiguration, { settings }: Request): Architecture | null {
  if (settings?.create !== true || latest.Architectures?.[0] === settings.architecture) return null;
  return settings.architecture;
}

/** Newest version with this code and the configuration that a new version would get. */
async function publishedWith(
  { client, send }: LambdaContext,
  functionName: string,
  codeSha256: string,
  latest: FunctionConfiguration,
): Promise<string | null> {
  let newest = 0;
  const pages = await allPages(
    (Marker) => client.send(new ListVersionsByFunctionCommand({ FunctionName: functionName, Marker }), send),
    (page) => page.NextMarker,
    (why) => new Error(`Lambda cannot list the versions of ${functionName}: ${why}.`),
  );
  for (const { Versions = [] } of pages) {
    for (const version of Versions) {
      const number = Number(version.Version);
      if (version.CodeSha256 !== codeSha256 || !(number > newest)) continue;
      if (configurationOf(version) === configurationOf(latest)) newest = number;
    }
  }
  return newest === 0 ? null : String(newest);
}

function configurationOf(config: FunctionConfiguration): string {
  const { Runtime, Handler, Role, MemorySize, Timeout, Architectures, Environment } = config;
  const variables = Object.entries(Environment?.Variables ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([Runtime, Handler, Role, MemorySize, Timeout, Architectures, variables]);
}

/** Waits until no update is in progress; Lambda refuses to change or publish a function before. */
async function settled({ client, send }: LambdaContext, functionName: string): Promise<void> {
  await waitUntilFunctionUpdatedV2(
    { client, maxWaitTime: UPDATE_WAIT, ...POLL, ...send },
    { FunctionName: functionName },
  );
}

const roleMissing = (functionName: string) =>
  new PipelineFailure(
    'DefinitionInvalid',
    `Function ${functionName} cannot be created without an execution role; set deployment.function.role to the ARN of one.`,
  );
