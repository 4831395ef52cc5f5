import { execFile } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryDirectory } from '../../support/temp.js';

const PACKAGE = { name: 'project', version: '1.0.0', dependencies: { hole: '1.0.0' } };
const LOCK = {
  ...{ name: 'project', version: '1.0.0', lockfileVersion: 3 },
  packages: { '': PACKAGE, 'node_modules/hole': { version: '1.0.0', integrity: 'sha512-AAAA' } },
};
const advisory = (severity: string, title = 'a hole') => ({
  hole: [{ id: 1, url: 'https://example.com/1', title, severity, vulnerable_versions: '<2.0.0' }],
});

/** What the script says of a project whose registry answers so. */
async function check(answer: RequestListener): Promise<{ code: number; said: string }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const folder = await temporaryDirectory();
  await writeFile(join(folder, 'package.json'), JSON.stringify(PACKAGE));
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify(LOCK));
  const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const env = { ...process.env, npm_config_registry: registry, npm_config_cache: join(folder, 'cache') };
  return new Promise((resolve) =>
    execFile(process.execPath, ['--import', 'tsx', 'scripts/advisories.mjs', folder], { env }, (error, stdout) =>
      resolve({ code: error === null ? 0 : Number(error.code), said: stdout }),
    ),
  );
}

const json =
  (value: unknown): RequestListener =>
  (request, response) => {
    const wanted = request.method === 'POST' && request.url?.endsWith('/advisories/bulk');
    response
      .writeHead(wanted ? 200 : 404, { 'content-type': 'application/json' })
      .end(JSON.stringify(wanted ? value : {}));
  };

it('fails on a grave advisory, and names the package', async () => {
  const { code, said } = await check(json(advisory('critical')));
  expect([code, said]).toEqual([1, expect.stringMatching(/critical: hole: a hole\n.*1 of them high or critical/)]);
});

it('tells a title in one line that a terminal shows as it is', async () => {
  const { said } = await check(json(advisory('high', 'a hole\u001b[2J\n0 packages')));
  expect(said).toContain('high: hole: a hole\\u001b[2J\\u000a0 packages\n');
});

it('tells of a light one, and of none', async () => {
  expect(await check(json(advisory('low')))).toEqual({
    code: 0,
    said: expect.stringContaining('1 with advisories, 0 of them high or critical') as string,
  });
  expect(await check(json({}))).toMatchObject({
    code: 0,
    said: expect.stringContaining('0 with advisories') as string,
  });
});

it('says that nothing was checked where the registry knows no advisories', async () => {
  const { code, said } = await check((_, response) => response.writeHead(405).end());
  expect([code, said]).toEqual([0, 'The registry gives no advisories (it answers 405): nothing was checked.\n']);
});
