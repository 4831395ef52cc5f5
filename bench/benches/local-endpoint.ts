import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FunctionSettings } from '../../src/contracts/definition.js';
import { SAMPLE_ROWS } from '../../scripts/sample-table.js';
import { createLambdaDeployer } from '../../src/vendors/aws/lambda/deployer.js';
import { startMinistack } from '../../test/integration/aws/ministack.js';
import { serviceProgram } from '../../test/integration/services.js';
import type { Bench } from '../context.js';
import { load, type Load, quantile } from '../load.js';
import { NOT_INSTALLED } from '../python.js';
import type { Row } from '../row.js';
import { startServer } from '../server.js';
import { unpackHandler } from '../unpack.js';

const EVENT = '{"r":43.2555,"g":30.8421,"b":25.9025,"hb":6.3}';
const TARGET = { functionName: 'bench', alias: 'live' };
const [REGION, ID, SECRET] = ['us-east-1', 'test', 'test'];

const JSON_HEADERS = { 'content-type': 'application/json' };
/** Neither side checks the signature; an emulator reads region and account from it. */
const SIGNED = {
  ...JSON_HEADERS,
  authorization: `AWS4-HMAC-SHA256 Credential=${ID}/20250101/${REGION}/lambda/aws4_request, SignedHeaders=host, Signature=0`,
};

const OURS = { warmUp: 200, requests: 2000 };
/** It is slow, and closes a connection after 1000 requests. */
const EMULATOR = { warmUp: 200, requests: 300 };

const CONNECTIONS = 16;
const SECONDS = { warmUp: 3, ours: 30, peer: 10 };

const SETTINGS: FunctionSettings = {
  ...{ create: true, role: 'arn:aws:iam::000000000000:role/lambda', runtime: 'nodejs22.x', architecture: 'x86_64' },
  ...{
    memoryMiB: 256,
    timeoutSeconds: 10,
    reservedConcurrency: null,
    urlAccess: 'NONE',
    captureInputs: null,
    cors: null,
  },
};

/** Warm requests to the local Lambda endpoint: the Invoke API beside another emulator's, the function URL beside no Lambda at all. */
export const localEndpoint: Bench = {
  name: 'local-endpoint',
  async run({ directory, zip }) {
    const { path } = await zip('random-forest', SAMPLE_ROWS);
    const work = await mkdtemp(join(directory, 'endpoint-'));
    const bytes = await readFile(path);
    const ours = await measureOurs(work, bytes);
    const emulator = await measureEmulator(bytes);
    const plain = await measurePlain(await unpackHandler(path), join(work, 'handler.log'));
    const bench = 'local-endpoint';
    const invoke = (what: string, share: number): Row => ({
      ...{ bench, what: `invoke, ${what}`, unit: 'ms', ours: quantile(ours.invoke.latencies, share), budget: null },
      peer: emulator === null ? null : { name: 'ministack', value: quantile(emulator.latencies, share) },
      note:
        emulator === null ? NOT_INSTALLED : `${OURS.requests} warm requests in turn, ministack ${EMULATOR.requests}`,
    });
    const url = `function URL, ${CONNECTIONS} connections`;
    return [
      invoke('p50', 0.5),
      invoke('p99', 0.99),
      {
        ...{ bench, what: url, unit: 'per s', ours: ours.url.rate, budget: null },
        peer: { name: 'handler in one process', value: plain.rate },
        note: `once for ${SECONDS.ours} s, the peer for ${SECONDS.peer} s`,
      },
      {
        ...{ bench, what: `${url}, failed`, unit: 'count', ours: ours.url.failed, peer: null, note: '' },
        budget: { kind: 'most', limit: 0 },
      },
    ];
  },
};

async function measureOurs(work: string, bytes: Uint8Array): Promise<{ invoke: Load; url: Load }> {
  const args = ['--import', 'tsx', 'bench/processes/lambda-endpoint.ts', join(work, 'lambda')];
  const server = await startServer(args, join(work, 'endpoint.log'));
  try {
    const deployer = await deploy(server.url, bytes);
    const invoke = await invocations(server.url, OURS);
    const url = await deployer.ensureUrl({ ...TARGET, authType: 'NONE' });
    return { invoke, url: await throughput(url, SECONDS.ours) };
  } finally {
    await server.close();
  }
}

/** `null` when it is not installed. */
async function measureEmulator(bytes: Uint8Array): Promise<Load | null> {
  try {
    serviceProgram('ministack');
  } catch {
    return null;
  }
  const { environment, close } = await startMinistack();
  try {
    const endpoint = environment.AWS_ENDPOINT_URL!;
    await deploy(endpoint, bytes);
    return await invocations(endpoint, EMULATOR);
  } finally {
    await close();
  }
}

async function measurePlain(handler: string, log: string): Promise<Load> {
  const server = await startServer(['bench/processes/handler-server.mjs', handler], log);
  try {
    return await throughput(server.url, SECONDS.peer);
  } finally {
    await server.close();
  }
}

async function deploy(endpoint: string, bytes: Uint8Array): Promise<ReturnType<typeof createLambdaDeployer>> {
  const credentials = { accessKeyId: ID, secretAccessKey: SECRET };
  const deployer = createLambdaDeployer({ endpoint, region: REGION, credentials, createMissing: true });
  const { functionName, alias } = TARGET;
  const description = 'bench';
  const { functionVersion } = await deployer.publish({ functionName, zip: bytes, description, settings: SETTINGS });
  await deployer.routeAlias({ functionName, alias, routing: { functionVersion, canary: null } });
  return deployer;
}

/** @throws Error when one fails: the times of failures say nothing */
async function invocations(endpoint: string, { warmUp, requests }: typeof OURS): Promise<Load> {
  const url = `${endpoint}/2015-03-31/functions/${TARGET.functionName}/invocations?Qualifier=${TARGET.alias}`;
  const request = { url, headers: SIGNED, body: EVENT };
  await load(request, { connections: 1, amount: warmUp });
  const measured = await load(request, { connections: 1, amount: requests });
  if (measured.failed > 0) throw new Error(`${measured.failed} of ${requests} invocations at ${endpoint} failed`);
  return measured;
}

async function throughput(url: string, duration: number): Promise<Load> {
  const request = { url, headers: JSON_HEADERS, body: EVENT };
  await load(request, { connections: CONNECTIONS, duration: SECONDS.warmUp });
  return load(request, { connections: CONNECTIONS, duration });
}
