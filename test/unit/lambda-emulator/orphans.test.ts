import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { CREATED, zipOf } from './zips.js';

const packageRoot = new URL('../../../', import.meta.url);

it('leaves no process behind when the endpoint is killed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'orphans-'));
  const script = join(directory, 'run.mjs');
  const module = JSON.stringify(new URL('src/lambda-emulator/endpoint.ts', packageRoot).href);
  writeFileSync(
    script,
    `const { startLambdaEndpoint } = await import(${module});
     const endpoint = await startLambdaEndpoint({ directory: ${JSON.stringify(join(directory, 'state'))}, port: 0 });
     console.log(endpoint.url);`,
  );
  const parent = spawn(process.execPath, ['--import', 'tsx', script], {
    cwd: packageRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      createInterface({ input: parent.stdout }).once('line', resolve);
      parent.once('exit', (code) => reject(new Error(`the endpoint ended with ${code ?? 'a signal'}`)));
    });
    const post = (path: string, body: unknown) =>
      fetch(`${url}/2015-03-31/functions${path}`, { method: 'POST', body: JSON.stringify(body) });
    const ZipFile = Buffer.from(zipOf('return process.pid')).toString('base64');
    await post('', { FunctionName: 'f', Code: { ZipFile }, ...CREATED });
    const child = (await (await post('/f/invocations', {})).json()) as number;
    expect(isRunning(child)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isRunning(child)).toBe(false);
  } finally {
    parent.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
