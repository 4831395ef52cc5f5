import { pathToFileURL } from 'node:url';
import { aliasNamed, configOf, functionNamed, functionOperations, LATEST } from './functions.js';
import { clientContextOf, integerOf } from './parameters.js';
import {
  bodyOf,
  type Call,
  concurrencyShape,
  configurationShape,
  page,
  type Route,
  type RouteContext,
  versionShapes,
} from './routes.js';
import type { FunctionConfig } from './state.js';
import { ApiError, invalidParameter, readBytes, sendJson } from './wire.js';

const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;
const FUNCTIONS = '/2015-03-31/functions';

/** Functions, versions and invocations. */
export function functionRoutes({ state, code, runtime }: RouteContext): Route[] {
  const functions = functionOperations(state, code);
  const find = (name: string) => functionNamed(state.list(), name);

  /** Configuration behind a version or an alias, and the version's number. */
  const qualified = ({ name, qualifier }: Call): { config: FunctionConfig; version: string } => {
    const record = find(name);
    const isVersion = qualifier === null || qualifier === LATEST || /^\d+$/.test(qualifier);
    const version = isVersion ? (qualifier ?? LATEST) : aliasNamed(record, qualifier).functionVersion;
    return { config: configOf(record, version), version };
  };
  const configuration = (call: Call): Record<string, unknown> => {
    const { config, version } = qualified(call);
    return configurationShape(call.name, config, version);
  };

  const invoke = async ({ request, response, name, qualifier }: Call): Promise<void> => {
    const payload = (await readBytes(request, MAX_PAYLOAD_BYTES)).toString('utf8') || '{}';
    const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
    if (type === 'DryRun') {
      find(name);
      sendJson(response, 204);
      return;
    }
    if (type !== 'RequestResponse') throw invalidParameter('InvocationType', 'RequestResponse or DryRun here');
    if (!isJson(payload)) {
      throw new ApiError(
        'InvalidRequestContentException',
        'Could not parse request body into json; send JSON in UTF-8.',
      );
    }
    const clientContext = clientContextOf(request.headers['x-amz-client-context']);
    const execution = await runtime.invoke(find(name), qualifier, payload, clientContext);
    const bytes = Buffer.from(execution.payload);
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': bytes.length,
      'x-amzn-requestid': execution.requestId,
      'x-amz-executed-version': execution.executedVersion,
      ...(execution.failed ? { 'x-amz-function-error': 'Unhandled' } : {}),
    });
    response.end(bytes);
  };

  return [
    [
      'POST',
      FUNCTIONS,
      async (call) => {
        const created = functions.create(await bodyOf(call));
        sendJson(call.response, 201, versionShapes(created).at(-1));
      },
    ],
    [
      'GET',
      FUNCTIONS,
      ({ response, query }) => {
        const all = state.list().map((record) => configurationShape(record.name, record.latest));
        sendJson(response, 200, page(query, 'Functions', all));
      },
    ],
    [
      'GET',
      `${FUNCTIONS}/{}`,
      (call) => {
        const location = pathToFileURL(code.zipFile(qualified(call).config.codeSha256)).href;
        const Code = { RepositoryType: 'S3', Location: location };
        const reserved = concurrencyShape(find(call.name));
        const Concurrency = Object.keys(reserved).length === 0 ? undefined : reserved;
        sendJson(call.response, 200, { Configuration: configuration(call), Code, Concurrency });
      },
    ],
    [
      'DELETE',
      `${FUNCTIONS}/{}`,
      ({ response, name, qualifier }) => {
        if (qualifier !== null) throw invalidParameter('Qualifier', 'left out; single versions are not deleted here');
        functions.remove(name);
        sendJson(response, 204);
      },
    ],
    ['GET', `${FUNCTIONS}/{}/configuration`, (call) => sendJson(call.response, 200, configuration(call))],
    [
      'PUT',
      `${FUNCTIONS}/{}/configuration`,
      async (call) => {
        const updated = functions.updateConfiguration(call.name, await bodyOf(call));
        sendJson(call.response, 200, configurationShape(call.name, updated));
      },
    ],
    [
      'PUT',
      `${FUNCTIONS}/{}/code`,
      async (call) => {
        const { config, version } = functions.updateCode(call.name, await bodyOf(call));
        sendJson(call.response, 200, configurationShape(call.name, config, version));
      },
    ],
    [
      'POST',
      `${FUNCTIONS}/{}/versions`,
      async (call) => {
        const published = functions.publish(call.name, await bodyOf(call));
        sendJson(call.response, 201, configurationShape(call.name, published, published.version));
      },
    ],
    [
      'GET',
      `${FUNCTIONS}/{}/versions`,
      ({ response, query, name }) => sendJson(response, 200, page(query, 'Versions', versionShapes(find(name)))),
    ],
    ['POST', `${FUNCTIONS}/{}/invocations`, invoke],
  ];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Largest reservation. AWS has a limit per account instead, which does not exist here. */
const MAX_RESERVED = 100_000;

/** Reading and changing the reserved concurrency of a function. */
export function concurrencyRoutes({ state }: RouteContext): Route[] {
  const change = ({ name, qualifier }: Call, reserved: number | null): void => {
    if (qualifier !== null) throw invalidParameter('FunctionName', 'without a version or alias here');
    state.update((functions) => {
      const record = functionNamed(functions, name);
      if (reserved === null) delete record.reservedConcurrency;
      else record.reservedConcurrency = reserved;
    });
  };
  return [
    [
      'PUT',
      '/2017-10-31/functions/{}/concurrency',
      async (call) => {
        const reserved = integerOf(await bodyOf(call), 'ReservedConcurrentExecutions', -1, 0, MAX_RESERVED);
        change(call, reserved);
        sendJson(call.response, 200, { ReservedConcurrentExecutions: reserved });
      },
    ],
    [
      'GET',
      '/2019-09-30/functions/{}/concurrency',
      ({ response, name }) => sendJson(response, 200, concurrencyShape(functionNamed(state.list(), name))),
    ],
    [
      'DELETE',
      '/2017-10-31/functions/{}/concurrency',
      (call) => {
        change(call, null);
        sendJson(call.response, 204);
      },
    ],
  ];
}
