import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory that goes when the test does. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await makeDirectory();
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A directory that the caller removes. */
export const makeDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'mlops-'));

/** Below where systems take the ports of outgoing connections from. */
const PORTS = { first: 15_000, count: 15_000 } as const;

/** Ports that were free a moment ago, all different, and that no outgoing connection will take meanwhile. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Settings of buckets for what uses none. */
export const NO_S3 = { endpoint: 'http://127.0.0.1:9', region: 'nowhere', kmsKey: null };
