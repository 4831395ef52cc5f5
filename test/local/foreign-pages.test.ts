import { request } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { startCodecServer } from '../../src/codec/server.js';
import { startLambdaEndpoint } from '../../src/local/lambda/endpoint.js';
import { startReportServer } from '../../src/local/report-server.js';
import { temporaryDirectory } from '../support/temp.js';

/** What a form of a web page posts: no browser asks anybody before it sends that. */
const posted = (port: number, path: string, headers: Record<string, string>) =>
  new Promise<number>((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path, method: 'POST', headers: { 'content-type': 'text/plain', ...headers } },
      (response) => {
        response.resume();
        resolve(response.statusCode!);
      },
    );
    sent.on('error', reject).end('{"payloads": []}');
  });

it('no server of this machine does what a form of a foreign or a sandboxed page asks', async () => {
  const directory = await temporaryDirectory();
  const lambda = await startLambdaEndpoint({ directory, port: 0, onLog: () => undefined });
  const reports = await startReportServer({ root: directory, port: 0 });
  const codec = await startCodecServer({
    codec: { encode: (all) => Promise.resolve(all), decode: (all) => Promise.resolve(all) },
    ...{ host: '127.0.0.1', port: 0, ui: 'http://127.0.0.1:8233' },
  });
  onTestFinished(async () => {
    await Promise.all([lambda.close(), reports.close(), codec.close()]);
  });
  const doors: [port: number, path: string, refusals: number[]][] = [
    [lambda.port, '/2015-03-31/functions', [403]],
    [lambda.port, '/2015-03-31/functions/model/invocations', [403]],
    [lambda.port, '/', [403]],
    [reports.port, '/', [403, 405]],
    [codec.port, '/decode', [403]],
    [codec.port, '/encode', [403]],
  ];
  for (const [port, path, refusals] of doors)
    for (const origin of ['null', 'https://evil.example', 'http://127.0.0.1:1'])
      expect([path, origin, refusals]).toEqual([
        path,
        origin,
        expect.arrayContaining([await posted(port, path, { origin })]) as number[],
      ]);
});
