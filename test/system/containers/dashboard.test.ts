import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { runCommand } from '../../support/cli.js';
import { CHECKOUT, imageStage, only, words } from './dockerfile.js';

const read = (file: string) => readFile(join(CHECKOUT, file), 'utf8');

/** Where our own metrics are declared. */
const DECLARED = 'src/telemetry/metrics.ts';

it('shows every metric that we declare, and no other of ours', async () => {
  const declared = [...(await read(DECLARED)).matchAll(/^ {2}(mlops_\w+): \{/gm)].map(([, name]) => name);
  const shown = [...(await read('ops/grafana/dashboards/models.json')).matchAll(/\bmlops_\w+/g)].map(([name]) =>
    name.replace(/_(bucket|count|sum)$/, ''),
  );
  expect([...new Set(shown)].sort()).toEqual([...declared].sort());
});

it('is provisioned on the source that the dashboard asks', async () => {
  const sources = parse(await read('ops/grafana/provisioning/datasources/prometheus.yaml')) as {
    datasources: { uid: string; url: string }[];
  };
  const { panels } = JSON.parse(await read('ops/grafana/dashboards/models.json')) as {
    panels: { datasource: { uid: string } }[];
  };
  for (const { datasource } of panels) expect(datasource.uid).toBe(sources.datasources[0]!.uid);
});

it('scrapes the port on which the workers of compose tell their metrics', async () => {
  const { scrape_configs } = parse(await read('ops/prometheus/prometheus.yml')) as {
    scrape_configs: { job_name: string; dns_sd_configs?: { names: string[]; port: number }[] }[];
  };
  const { services } = parse(await read('compose.yaml'), { merge: true }) as {
    services: Record<string, { environment: Record<string, string> }>;
  };
  const { names, port } = scrape_configs.find(({ job_name }) => job_name === 'worker')!.dns_sd_configs![0]!;
  for (const name of names) expect(services[name]!.environment['MLOPS_METRICS_PORT']).toBe(String(port));
});

it.each([
  [200, 0],
  [503, 1],
])('an image whose health answers %i ends its check with %i', async (status, expected) => {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/healthz' ? status : 404;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const [, ...check] = words(only(await imageStage(), 'HEALTHCHECK').replace(/^.*?CMD /, ''));
  const port = String((server.address() as AddressInfo).port);
  expect((await runCommand(process.execPath, check, { MLOPS_HEALTH_PORT: port })).code).toBe(expected);
});
