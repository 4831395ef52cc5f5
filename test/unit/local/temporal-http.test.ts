import { spawn } from 'node:child_process';
import { expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../../src/config/config.js';
import { serverArguments } from '../../../src/local/temporal-server.js';
import { freePorts, temporaryDirectory } from '../../support/temp.js';
import { serverBinary } from '../../support/temporal-server.js';
import { until } from '../../support/until.js';

it('admits no web page to the HTTP API of the dev server, and serves the Web UI', async () => {
  const [temporal, ui, http] = (await freePorts(3)) as [number, number, number];
  const settings = readConfig({ ...process.env, MLOPS_HOME: await temporaryDirectory() });
  const config = { ...settings, ports: { ...settings.ports, temporal } };
  const inner = { host: '127.0.0.1', port: ui };
  const server = spawn(await serverBinary(), [...serverArguments(config, inner), '--http-port', String(http)], {
    stdio: 'ignore',
  });
  onTestFinished(() => void server.kill());
  const status = (url: string, init?: RequestInit) =>
    fetch(url, init).then(
      (response) => response.status,
      () => 0,
    );
  const workflows = `http://127.0.0.1:${http}/api/v1/namespaces/default/workflows`;
  await until(
    () => status(workflows),
    (code) => code !== 0,
  );
  expect(await status(workflows)).toBe(403);
  // What a form of a foreign page would post: a start of a workflow, as plain text.
  const form = {
    method: 'POST',
    headers: { 'content-type': 'text/plain', origin: 'https://evil.example' },
    body: '{}',
  };
  for (const headers of [form.headers, { ...form.headers, origin: 'null' }])
    expect(await status(`${workflows}/stolen`, { ...form, headers })).toBe(403);
  await until(
    () => status(`http://127.0.0.1:${ui}/api/v1/namespaces`),
    (code) => code === 200,
  );
});
