import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { startCodecServer } from '../../../src/vendors/temporal/codec/server.js';
import { startLambdaEndpoint } from '../../../src/lambda-emulator/endpoint.js';
import { createFileObjects } from '../../../src/store/file-objects.js';
import { startReportServer } from '../../../src/local/report-server.js';
import { startControl } from '../../../src/local/stack.js';
import { hiddenAddress, startUiProxy } from '../../../src/local/temporal-server.js';
import { temporaryDirectory } from '../../support/temp.js';

const TOKEN = 'token';

/** A way into a server of ours. */
interface Door {
  port: number;
  path: string;
  method: 'GET' | 'POST' | 'DELETE';
  /** What its own callers send. */
  headers?: Record<string, string>;
  /** Pages of any origin that has a name may ask, as what answers says who may. */
  open?: true;
}

/** What a form of a web page posts: no browser asks anybody before it sends that. */
const asked = ({ port, path, method, headers: own }: Door, headers: Record<string, string>) =>
  new Promise<number>((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path, method, headers: { 'content-type': 'text/plain', ...own, ...headers } },
      (response) => {
        response.resume();
        resolve(response.statusCode!);
      },
    );
    sent.on('error', reject).end(method === 'POST' ? '{"payloads": []}' : undefined);
  });

let stops = 0;

/** Every server of ours by the file that starts it, each with a door of each kind. */
async function servers(): Promise<Record<string, Door[]>> {
  const directory = await temporaryDirectory();
  const lambda = await startLambdaEndpoint({ directory, port: 0, onLog: () => undefined });
  const reports = await startReportServer({ objects: createFileObjects(directory), port: 0 });
  const codec = await startCodecServer({
    codec: { encode: (all) => Promise.resolve(all), decode: (all) => Promise.resolve(all) },
    ...{ host: '127.0.0.1', port: 0, ui: 'http://temporal.example:8233' },
  });
  const ui = await startUiProxy(0, await hiddenAddress());
  const control = await startControl(
    TOKEN,
    () => ({}),
    () => stops++,
  );
  onTestFinished(async () => {
    await Promise.all([lambda.close(), reports.close(), codec.close(), ui.close()]);
    control.closeAllConnections();
    control.close();
  });
  const lambdaDoor = (method: Door['method'], path: string): Door => ({ port: lambda.port, method, path });
  const token = { authorization: `Bearer ${TOKEN}` };
  const controlPort = (control.address() as AddressInfo).port;
  return {
    'lambda-emulator/endpoint.ts': [
      lambdaDoor('POST', '/2015-03-31/functions'),
      lambdaDoor('POST', '/2015-03-31/functions/model/invocations'),
      lambdaDoor('DELETE', '/2015-03-31/functions/model'),
      lambdaDoor('GET', '/metrics/model'),
      lambdaDoor('GET', '/health'),
      lambdaDoor('POST', '/'),
      { ...lambdaDoor('POST', '/function-url/model/live/'), open: true },
    ],
    'local/report-server.ts': [
      { port: reports.port, method: 'GET', path: '/' },
      { port: reports.port, method: 'GET', path: '/model/training/run.html' },
    ],
    'vendors/temporal/codec/server.ts': ['/decode', '/encode'].map((path) => ({
      ...{ port: codec.port, method: 'POST', path },
      headers: { 'content-type': 'application/json' },
    })),
    'local/stack.ts': (['GET', 'DELETE'] as const).map((method) => ({
      ...{ port: controlPort, method, path: '/', headers: token },
    })),
    'local/temporal-server.ts': [
      { port: ui.port, method: 'GET', path: '/' },
      { port: ui.port, method: 'POST', path: '/api/v1/namespaces' },
    ],
  };
}

it('no server of this machine does what a foreign or sandboxed page or a rebound name asks', async () => {
  const doors = Object.values(await servers()).flat();
  for (const door of doors) {
    const own = { host: `127.0.0.1:${door.port}` };
    const foreign: Record<string, string>[] = [
      ...['evil.example', `evil.example:${door.port}`, `127.0.0.1.evil.example:${door.port}`].map((host) => ({
        host,
      })),
      { host: `evil.example:${door.port}`, origin: `http://evil.example:${door.port}` },
    ];
    foreign.push({ ...own, origin: 'null' });
    if (!door.open)
      for (const origin of ['https://evil.example', 'http://127.0.0.1:1', `https://127.0.0.1:${door.port}`])
        foreign.push({ ...own, origin });
    if (!door.open) for (const site of ['cross-site', 'same-site']) foreign.push({ ...own, 'sec-fetch-site': site });
    for (const headers of foreign)
      expect([door.path, headers, await asked(door, headers)]).toEqual([door.path, headers, 403]);
  }
  expect(stops).toBe(0);
  for (const door of doors)
    for (const host of [`127.0.0.1:${door.port}`, `localhost:${door.port}`, `127.0.0.1:${door.port + 1}`])
      expect([door.path, host, await asked(door, { host })]).not.toEqual([door.path, host, 403]);
  expect(stops).toBeGreaterThan(0);
});

it('the codec server is asked under the name of the Web UI, too: one proxy may stand before both', async () => {
  const [door] = (await servers())['vendors/temporal/codec/server.ts']!;
  for (const headers of [
    { host: 'temporal.example' },
    { host: `127.0.0.1:${door!.port}`, origin: 'http://temporal.example:8233' },
  ])
    expect(await asked(door!, headers)).toBe(200);
});

it('knows every server of ours', async () => {
  const root = new URL('../../../src/', import.meta.url);
  const starting = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && /\bcreateServer\(\(/.test(readFileSync(new URL(file, root), 'utf8')),
  );
  // Orchestrators ask for health, under any name; it tells nothing else.
  expect(starting.sort()).toEqual([...Object.keys(await servers()), 'worker/health-server.ts'].sort());
});
