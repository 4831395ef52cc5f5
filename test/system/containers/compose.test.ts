import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { expect, it } from 'vitest';
import { CHECKOUT } from './dockerfile.js';

interface Service {
  restart?: string;
  image: string;
  command?: string[];
  ports?: string[];
  environment?: Record<string, string>;
  healthcheck?: { test?: string[] };
}

const { services } = parse(readFileSync(join(CHECKOUT, 'compose.yaml'), 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
};

/** With the defaults of its variables. */
const settled = (text: string) => text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');

it('checks the health of each server in compose', () => {
  const unchecked = Object.entries(services).filter(
    ([, { restart, image, healthcheck }]) =>
      restart === 'unless-stopped' && image !== 'anemia-mlops:local' && healthcheck?.test === undefined,
  );
  // Nothing waits for the Web UI.
  expect(unchecked.map(([name]) => name)).toEqual(['ui']);
});

it('lets MLflow answer to the names by which it is called, and to no other', () => {
  const given = services['mlflow']!.command!.find((argument) => argument.startsWith('--allowed-hosts='))!;
  const hosts = settled(given).slice('--allowed-hosts='.length).split(',');
  for (const host of hosts) expect(host).toMatch(/^[a-z0-9.]+:\d+$/);
  const called = services['worker']!.environment!['MLFLOW_TRACKING_URI']!;
  expect(hosts).toContain(new URL(called).host);
  const [address, port] = settled(services['mlflow']!.ports![0]!).split(':');
  expect(hosts).toContain(`${address!}:${port!}`);

  const server = readFileSync(join(CHECKOUT, 'terraform/modules/mlflow/server.tf'), 'utf8');
  expect(server).toContain('--allowed-hosts=${local.allowed_hosts}');
  expect(server).not.toContain('--allowed-hosts=*');
});

it('gives the endpoint, whose functions can read it, no key of payloads and no password of a server', () => {
  const names = Object.keys(services['endpoint']!.environment!);
  expect(names).toContain('MLOPS_STORAGE');
  expect(names.filter((name) => /CODEC|MLFLOW|EVIDENTLY|TEMPORAL|ALERT|OTEL/.test(name))).toEqual([]);
});
