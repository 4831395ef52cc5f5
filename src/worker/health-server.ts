import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a worker process is, for whoever runs it. */
export type Health =
  /** Takes tasks. */
  | { state: 'ready' }
  /** Alive, but takes no tasks now; in a sentence. */
  | { state: 'waiting'; why: string }
  /** Will not take tasks again; in a sentence. */
  | { state: 'failed'; why: string };

/** Until then the question counts as unanswered, in milliseconds. */
const PATIENCE_MS = 3_000;

/** A health server that listens. */
export interface HealthServer {
  port: number;
  close: () => Promise<void>;
}

/**
 * Answers on all interfaces, since those who ask are outside the container: `/healthz` with 200 unless the worker has
 * failed, `/readyz` with 200 only while it takes tasks; otherwise 503, and `{state, why}` in any case.
 * @param port 0 for any
 */
export async function startHealthServer(port: number, ask: () => Promise<Health>): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const path = request.url?.replace(/\?.*$/, '');
    if (path !== '/healthz' && path !== '/readyz') {
      response.writeHead(404).end();
      return;
    }
    void patiently(ask).then((health) => {
      const good = path === '/healthz' ? health.state !== 'failed' : health.state === 'ready';
      response.writeHead(good ? 200 : 503, { 'content-type': 'application/json' });
      response.end(`${JSON.stringify(health)}\n`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} is in use by another program: set MLOPS_HEALTH_PORT to a free one.`, {
              cause: error,
            })
          : error,
      ),
    );
    server.listen(port, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function patiently(ask: () => Promise<Health>): Promise<Health> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Health>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, { state: 'waiting', why: 'Temporal does not answer.' });
  });
  try {
    return await Promise.race([ask(), late]);
  } catch {
    return { state: 'waiting', why: 'Temporal cannot be reached.' };
  } finally {
    clearTimeout(timer);
  }
}
