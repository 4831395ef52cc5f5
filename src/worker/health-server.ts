import { createServer } from 'node:http';
import { sooner } from '../client/patience.js';
import { closeServer, listen } from '../vendors/http/servers.js';

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
    void answerOf(ask).then((health) => {
      const good = path === '/healthz' ? health.state !== 'failed' : health.state === 'ready';
      response.writeHead(good ? 200 : 503, { 'content-type': 'application/json' });
      response.end(`${JSON.stringify(health)}\n`);
    });
  });
  const taken = await listen(server, port).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${port} is in use by another program: set MLOPS_HEALTH_PORT to a free one.`, {
      cause: error,
    });
  });
  return { port: taken, close: () => closeServer(server) };
}

async function answerOf(ask: () => Promise<Health>): Promise<Health> {
  try {
    return (await sooner(ask(), PATIENCE_MS)) ?? { state: 'waiting', why: 'Temporal does not answer.' };
  } catch {
    return { state: 'waiting', why: 'Temporal cannot be reached.' };
  }
}
