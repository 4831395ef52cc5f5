import { createServer } from 'node:net';
import { basename } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onPort, portHolder } from '../../../src/local/addresses.js';
import { freePorts } from '../../support/temp.js';

const server = createServer();
let port: number;
beforeAll(async () => {
  [port] = (await freePorts(1)) as [number];
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
});
afterAll(() => void server.close());

it('is named, and nobody where nobody listens', async () => {
  expect(await portHolder(port)).toMatchObject({ pid: process.pid, program: basename(process.argv0) });
  const [free] = (await freePorts(1)) as [number];
  expect(await portHolder(free)).toBeNull();
});

it('is named to who wanted the port, with the ways out', async () => {
  const taken = onPort(port, 'report pages', 'MLOPS_REPORTS_PORT', (wanted) => {
    const other = createServer();
    return new Promise((_, reject) => {
      other.once('error', reject);
      other.listen(wanted, '127.0.0.1');
    });
  });
  await expect(taken).rejects.toThrow(
    `Port ${port} of the report pages is in use by ${basename(process.argv0)} (process ${process.pid}): stop it, set MLOPS_REPORTS_PORT to a free port, or let free ones be chosen with --ports auto.`,
  );
});
