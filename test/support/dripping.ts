import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How often the server sends a few more bytes. */
const DRIP_EVERY_MS = 50;

/** A web server whose CSV file never ends: it goes on line by line for as long as somebody listens. */
export async function startDripping(header: string, line: string) {
  let listeners = 0;
  const server = createServer((_, response) => {
    listeners++;
    response.writeHead(200, { 'content-type': 'text/csv' });
    response.write(`${header}\n`);
    const timer = setInterval(() => response.write(`${line}\n`), DRIP_EVERY_MS);
    response.once('close', () => {
      listeners--;
      clearInterval(timer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/table.csv`,
    listeners: () => listeners,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
