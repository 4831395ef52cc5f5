import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { hiddenAddress, startUiProxy } from '../../../src/local/temporal-server.js';

/** A proxy before a server of these answers. */
async function proxied(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy = await startUiProxy(0, { host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  onTestFinished(async () => {
    await proxy.close();
    server.closeAllConnections();
    server.close();
  });
  return proxy;
}

interface Asked {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
}

const ask = (port: number, { method = 'GET', path = '/', headers = {} }: Asked) =>
  new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      let text = '';
      response.on('data', (part: Buffer) => (text += part.toString()));
      response.on('end', () => resolve({ status: response.statusCode!, text }));
    });
    sent.on('error', reject).end();
  });

it('lets callers of this machine through, as they are', async () => {
  const { port } = await proxied(({ method, url, headers }, response) =>
    response.writeHead(201, { 'x-own': 'yes' }).end(`${method} ${url} ${String(headers['x-more'])}`),
  );
  for (const name of ['127.0.0.1', 'localhost', 'LocalHost', '[::1]']) {
    const headers = { host: `${name}:${port}`, 'x-more': 'kept' };
    expect(await ask(port, { method: 'POST', path: '/a?b=c', headers })).toEqual({
      status: 201,
      text: 'POST /a?b=c kept',
    });
  }
  const own = { host: `127.0.0.1:${port}`, origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' };
  expect((await ask(port, { headers: own })).status).toBe(201);
  const link = { host: `127.0.0.1:${port}`, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  expect((await ask(port, { headers: link })).status).toBe(201);
});

it('refuses rebound names and foreign pages, without asking the Web UI', async () => {
  let asked = 0;
  const { port } = await proxied((_, response) => {
    asked++;
    response.end();
  });
  const host = `127.0.0.1:${port}`;
  const refused: Asked[] = [
    ...['evil.example', `evil.example:${port}`, `127.0.0.1.evil.example:${port}`, `localhost.evil.example:${port}`].map(
      (name) => ({ headers: { host: name } }),
    ),
    ...['null', 'https://evil.example', `http://127.0.0.1:${port + 1}`, `https://${host}`].map((origin) => ({
      method: 'POST',
      headers: { host, origin },
    })),
    ...['cross-site', 'same-site'].map((site) => ({
      headers: { host, 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' },
    })),
    { method: 'POST', headers: { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } },
  ];
  for (const one of refused) {
    const { status, text } = await ask(port, one);
    expect([one, status]).toEqual([one, 403]);
    expect(text).toMatch(/^[^.]+(\.[^.]+)*\.\n$/);
  }
  expect(asked).toBe(0);
});

it('passes an answer on while it is still being written', async () => {
  let finish = () => {};
  const { port } = await proxied((_, response) => {
    response.write('first');
    finish = () => response.end('last');
  });
  const response = await fetch(`http://127.0.0.1:${port}/`);
  const reader = response.body!.getReader();
  expect(Buffer.from((await reader.read()).value).toString()).toBe('first');
  finish();
  expect(Buffer.from((await reader.read()).value).toString()).toBe('last');
});

it('says so while the Web UI does not answer', async () => {
  const inner = await hiddenAddress();
  const proxy = await startUiProxy(0, inner);
  onTestFinished(() => proxy.close());
  const headers = { host: `127.0.0.1:${proxy.port}` };
  expect(await ask(proxy.port, { headers })).toEqual({ status: 502, text: 'The Web UI does not answer yet.\n' });
});

it.runIf(process.platform === 'linux')(
  'hides the Web UI behind an address that cannot be guessed, where the system has such',
  async () => {
    const [one, other] = [await hiddenAddress('linux'), await hiddenAddress('linux')];
    expect(one.host).toMatch(/^127\.\d+\.\d+\.\d+$/);
    expect(one.host).not.toBe(other.host);
    expect((await hiddenAddress('darwin')).host).toBe('127.0.0.1');
  },
);
