import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { CHECKOUT } from '../../system/containers/dockerfile.js';
import { runCommand } from '../../support/cli.js';
import { serviceProgram } from '../services.js';

/** The loader that docker compose itself is built on. */
const COMPOSE = 'github.com/compose-spec/compose-go/v2/cmd@v2.16.2';

interface Project {
  services: Record<string, { image: string; ports?: { host_ip: string }[]; depends_on?: Record<string, unknown> }>;
}

const load = (file: string) => runCommand('go', ['run', COMPOSE, '-format', 'json', file]);

it('is a compose project whose ports are open to this machine alone, every image with a tag', async () => {
  const { code, stdout, stderr } = await load(join(CHECKOUT, 'compose.yaml'));
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const { services } = JSON.parse(stdout) as Project;
  for (const [name, { image, ports = [] }] of Object.entries(services)) {
    expect(image, name).toMatch(/:[\w.-]+$/);
    expect(image, name).not.toMatch(/:latest$/);
    for (const { host_ip } of ports) expect(host_ip, name).toBe('127.0.0.1');
  }
  for (const name of [
    'postgresql',
    'temporal',
    'ui',
    'mlflow',
    'aws',
    'endpoint',
    'worker',
    'compute',
    'prometheus',
    'grafana',
  ])
    expect(Object.keys(services)).toContain(name);
});

it('would not be with a key that compose does not know', async () => {
  const text = await readFile(join(CHECKOUT, 'compose.yaml'), 'utf8');
  const directory = await mkdtemp(join(CHECKOUT, '.test-build-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const broken = join(directory, 'compose.yaml');
  await writeFile(broken, text.replace('restart: unless-stopped', 'restarts: unless-stopped'));
  expect((await load(broken)).code).not.toBe(0);
});

it.each(['Dockerfile', 'ops/services/Dockerfile'])('%s has nothing that hadolint objects to', async (file) => {
  const { code, stdout } = await runCommand(serviceProgram('hadolint'), [join(CHECKOUT, file)]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
});
