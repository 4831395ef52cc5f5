import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../../src/client/connect.js';
import { readConfig } from '../../../src/config/config.js';
import { tlsFault } from '../../../src/vendors/temporal/tls-fault.js';
import { connectWorker } from '../../../src/worker/run-worker.js';
import { makeDirectory } from '../../support/temp.js';
import { connectTemporal } from '../../support/temporal.js';
import { until } from '../../support/until.js';
import { serviceProgram } from '../services.js';
import { createAuthority, openGate } from './temporal-gate.js';

const API_KEY = 'the-right-key';

let temporal: TestWorkflowEnvironment;
let namespace: string;
let directory: string;
/** Variables that every gate accepts, and those of each mistake. */
let right: Record<string, string>;
let wrong: Record<string, Record<string, string>>;
const open: (() => Promise<void>)[] = [];

const write = async (name: string, text: string) => {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
};

/** Variables that name a certificate of a client. */
const asClient = async (name: string, { cert, private: key }: { cert: string; private: string }) => ({
  TEMPORAL_TLS_CLIENT_CERT_PATH: await write(`${name}.pem`, cert),
  TEMPORAL_TLS_CLIENT_KEY_PATH: await write(`${name}.key`, key),
});

beforeAll(async () => {
  directory = await makeDirectory();
  temporal = await connectTemporal();
  namespace = temporal.client.options.namespace;
  const [servers, clients, others] = (await Promise.all(
    ['Servers', 'Clients', 'Others'].map((name) => createAuthority(name)),
  )) as [Authority, Authority, Authority];
  const gateOf = async ({ private: key, cert }: { private: string; cert: string }) => {
    const gate = await openGate(temporal.address, { key, cert, clientAuthority: clients.cert }, API_KEY);
    open.push(gate.close);
    return gate.address;
  };
  const server = await servers.sign('localhost');
  right = {
    TEMPORAL_ADDRESS: await gateOf(server),
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: await write('servers.pem', servers.cert),
    TEMPORAL_API_KEY: API_KEY,
    TEMPORAL_NAMESPACE: namespace,
    ...(await asClient('client', await clients.sign('worker'))),
    MLOPS_HOME: directory,
  };
  const foreign = await write('others.pem', others.cert);
  wrong = {
    'no certificate': { TEMPORAL_TLS_CLIENT_CERT_PATH: '', TEMPORAL_TLS_CLIENT_KEY_PATH: '' },
    'a certificate of another authority': await asClient('stranger', await others.sign('worker')),
    'an expired certificate': await asClient('late', await clients.sign('worker', -1)),
    'an unknown authority of the server': { TEMPORAL_TLS_SERVER_CA_CERT_PATH: foreign },
    'another host name': { TEMPORAL_TLS_SERVER_NAME: 'elsewhere.example' },
    'an expired certificate of the server': { TEMPORAL_ADDRESS: await gateOf(await servers.sign('localhost', -1)) },
    'a server without TLS': { TEMPORAL_ADDRESS: temporal.address },
    'another API key': { TEMPORAL_API_KEY: 'a-wrong-key' },
    'no API key': { TEMPORAL_API_KEY: '' },
  };
  const files = [await write('server.pem', server.cert), await write('server.key', server.private)];
  alerting = spawn(serviceProgram('python'), [
    join(import.meta.dirname, 'tls_server.py'),
    ...[...files, await write('clients.pem', clients.cert)],
  ]);
  const [port] = (await once(alerting.stdout, 'data')) as [Buffer];
  alertingAddress = `localhost:${port.toString().trim()}`;
});

type Authority = Awaited<ReturnType<typeof createAuthority>>;

let alerting: ReturnType<typeof spawn> & { stdout: NodeJS.ReadableStream };
let alertingAddress: string;

afterAll(async () => {
  alerting.kill();
  for (const close of open) await close();
  await temporal.teardown();
});

const CERTIFICATE =
  'refused the client certificate: check TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH and that the certificate has not expired.';
const UNTRUSTED =
  'has a certificate that is not trusted here: name its authority with TEMPORAL_TLS_SERVER_CA_CERT_PATH, or its host with TEMPORAL_TLS_SERVER_NAME.';
const EXPIRED = 'has a certificate that has expired: have it renewed, or check the clock of this machine.';
const NO_TLS =
  'does not speak TLS: leave out TEMPORAL_API_KEY and the variables TEMPORAL_TLS, or name the port that does.';
const CREDENTIALS =
  'refused the credentials: renew TEMPORAL_API_KEY, or check TEMPORAL_NAMESPACE and what the key may do there.';

describe.each([
  ['a command', async (env: Record<string, string>) => (await connect(readConfig(env))).connection.close()],
  ['a worker', async (env: Record<string, string>) => (await connectWorker(readConfig(env))).close()],
])('%s behind TLS', (_who, enter) => {
  it('is let in with its certificate and its key', async () => {
    await expect(enter(right)).resolves.toBeUndefined();
  });

  // The client takes ten seconds to give up.
  it.concurrent.each([
    ['no certificate', CERTIFICATE],
    ['a certificate of another authority', CERTIFICATE],
    ['an expired certificate', CERTIFICATE],
    ['an unknown authority of the server', UNTRUSTED],
    ['another host name', UNTRUSTED],
    ['an expired certificate of the server', EXPIRED],
    ['a server without TLS', NO_TLS],
    ['another API key', CREDENTIALS],
    ['no API key', CREDENTIALS],
  ])('is told what is wrong about %s', async (name, sentence) => {
    const env = { ...right, ...wrong[name] };
    await expect(enter(env)).rejects.toThrow(`Temporal at ${env['TEMPORAL_ADDRESS']!} ${sentence}`);
  });
});

describe('a command that starts runs where operator calls are refused, as by Temporal Cloud', () => {
  it('goes on in a namespace that has the search attributes', async () => {
    const { connection } = await connect(readConfig(right), { startsRuns: true });
    await expect(connection.operatorService.listSearchAttributes({ namespace })).rejects.toThrow('PERMISSION');
    await connection.close();
  });

  it('says which ones a namespace lacks, and how they are added there', async () => {
    const searchAttributes = ['Stage', 'Verdict'];
    await temporal.connection.operatorService.removeSearchAttributes({ namespace, searchAttributes });
    const answer = await until(
      () =>
        connect(readConfig(right), { startsRuns: true }).then(
          ({ connection }) => connection.close().then(() => ''), // the server has not noticed yet
          (error: unknown) => String(error),
        ),
      (text) => text !== '',
    );
    expect(answer).toContain(
      `Namespace ${namespace} lacks the search attributes Stage, Verdict; an administrator can run:`,
    );
    expect(answer).toContain(
      `tcld namespace search-attributes add --namespace ${namespace} --search-attribute Stage=Keyword --search-attribute Verdict=Keyword`,
    );
    const { connection } = await connect(readConfig(right)); // which starts no run, and needs none of them
    await connection.close();
  });
});

describe('a server that refuses with an alert', () => {
  const ask = (variables: Record<string, string> = {}) =>
    tlsFault(readConfig({ ...right, ...variables, TEMPORAL_ADDRESS: alertingAddress }).temporal.connectionOptions);

  it('is not complained of when it accepts', async () => {
    expect(await ask()).toBeNull();
  });

  it.each(['no certificate', 'a certificate of another authority', 'an expired certificate'])(
    'is understood about %s',
    async (name) => {
      expect(await ask(wrong[name])).toBe('client refused');
    },
  );
});
