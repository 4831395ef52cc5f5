/**
 * Runs one version of one function inside a child process: loads the handler, then answers one message at a time.
 * The endpoint transforms this file to plain JavaScript when it starts, so it imports nothing but `node:*`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Invocation {
  id: string;
  /** JSON text. */
  payload: string;
  /** Milliseconds since the epoch at which the endpoint gives up. */
  deadline: number;
  arn: string;
  /** JSON text. */
  clientContext: string | null;
}

type Handler = (event: unknown, context: unknown) => unknown;

const KEEP_ALIVE_MILLISECONDS = 60_000;

const { env } = process;

function send(message: unknown): void {
  process.send?.(message);
}

function describe(error: unknown): { errorType: string; errorMessage: string } {
  if (error instanceof Error) return { errorType: error.name, errorMessage: error.message };
  return {
    errorType: 'Error',
    errorMessage: typeof error === 'string' ? error : 'The handler threw something that is no error.',
  };
}

async function load(): Promise<Handler> {
  const [file = '', name = ''] = (env['_HANDLER'] ?? '').split('.');
  const path = ['.mjs', '.js', '.cjs']
    .map((extension) => join(process.cwd(), file + extension))
    .find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error(`Cannot find module '${file}'`);
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  const handler = module[name] ?? (module['default'] as Record<string, unknown> | undefined)?.[name];
  if (typeof handler !== 'function') throw new Error(`${file}.${name} is undefined or not exported`);
  return handler as Handler;
}

async function answer(handler: Handler, { id, payload, deadline, arn, clientContext }: Invocation): Promise<void> {
  const context = {
    awsRequestId: id,
    functionName: env['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: env['AWS_LAMBDA_FUNCTION_VERSION'],
    memoryLimitInMB: env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    invokedFunctionArn: arn,
    clientContext: clientContext === null ? undefined : (JSON.parse(clientContext) as unknown),
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  try {
    const result = await handler(JSON.parse(payload), context);
    send({ id, result: (JSON.stringify(result) as string | undefined) ?? 'null' });
  } catch (error) {
    send({ id, error: describe(error) });
  }
}

process.on('disconnect', () => process.exit());
try {
  const handler = await load();
  process.on('message', (message) => void answer(handler, message as Invocation));
  send({ ready: true });
} catch (error) {
  setInterval(() => undefined, KEEP_ALIVE_MILLISECONDS); // until the endpoint has read why and ends this process
  send({ initError: describe(error) });
}
