import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, expect } from 'vitest';
import {
  startLambdaEndpoint,
  type LambdaEndpoint,
  type LambdaEndpointOptions,
} from '../../../src/lambda-emulator/endpoint.js';
import { CREATED } from './zips.js';

/** Name of the function that `create` makes. */
export const FunctionName = 'f';

/** Region and credentials of every client; the endpoint checks neither. */
export const CLIENT = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  maxAttempts: 1,
};

/** An endpoint in a directory of its own for every test of a file, with a client and short forms of its calls. */
export function openLambdaLab() {
  const lines: string[] = [];
  const draws: number[] = [];
  let directory: string;
  let endpoint: LambdaEndpoint;
  let client: LambdaClient;

  const start = async (options: Partial<LambdaEndpointOptions>): Promise<void> => {
    const random = () => draws.shift() ?? Math.random();
    endpoint = await startLambdaEndpoint({ directory, port: 0, random, onLog: (line) => lines.push(line), ...options });
    client = new LambdaClient({ endpoint: endpoint.url, ...CLIENT });
  };
  const stop = async (): Promise<void> => {
    client.destroy();
    await endpoint.close();
  };
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'lambda-'));
    lines.length = 0;
    draws.length = 0;
    await start({});
  });
  afterEach(async () => {
    await stop();
    rmSync(directory, { recursive: true, force: true });
  });

  return {
    /** What functions printed. */
    lines,
    /** The next draws for weighted aliases. */
    draws,
    get directory() {
      return directory;
    },
    get endpoint() {
      return endpoint;
    },
    get client() {
      return client;
    },
    /** Stops the endpoint and starts another on the same directory. */
    restart: async (options: Partial<LambdaEndpointOptions> = {}) => {
      await stop();
      await start(options);
    },
    create: (zip: Uint8Array, more: object = {}) =>
      client.send(new CreateFunctionCommand({ FunctionName, Code: { ZipFile: zip }, ...CREATED, ...more })),
    update: (zip: Uint8Array) => client.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zip })),
    publish: async () => (await client.send(new PublishVersionCommand({ FunctionName }))).Version,
    invoke: async (event: unknown = {}, Qualifier?: string, ClientContext?: string) => {
      const Payload = JSON.stringify(event);
      const answer = await client.send(new InvokeCommand({ FunctionName, Payload, Qualifier, ClientContext }));
      const payload = JSON.parse(Buffer.from(answer.Payload!).toString('utf8')) as unknown;
      return { payload, version: answer.ExecutedVersion, error: answer.FunctionError };
    },
  };
}

/** Name and HTTP status of the error that a call ends with. */
export async function failureOf(call: Promise<unknown>): Promise<[name: string, status: number | undefined]> {
  try {
    await call;
  } catch (error) {
    const { name, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return [name, $metadata?.httpStatusCode];
  }
  return ['no failure', undefined];
}

/** Waits until a process has ended. */
export async function gone(pid: number): Promise<void> {
  await expect
    .poll(
      () => {
        try {
          return process.kill(pid, 0);
        } catch {
          return false;
        }
      },
      { timeout: 10_000 },
    )
    .toBe(false);
}
