import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startReportServer } from '../../../src/local/report-server.js';
import { createReportSink } from '../../../src/report/sink.js';
import { createFileObjects } from '../../../src/store/file-objects.js';
import type { Objects } from '../../../src/store/objects.js';
import { openS3Folder } from '../../../src/vendors/aws/open-s3.js';
import { startFakeS3 } from '../vendors/aws/fake-s3.js';
import { renderDriftReport } from '../../../src/report/drift-report.js';
import { emptyDriftReport } from '../report/drift-documents.js';
import { temporaryDirectory } from '../../support/temp.js';

beforeAll(() => {
  process.env['AWS_ACCESS_KEY_ID'] = 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
});

const PAGE = renderDriftReport(emptyDriftReport());

async function labOf(objects: Objects) {
  const server = await startReportServer({ objects, port: 0 });
  onTestFinished(() => server.close());
  const sink = createReportSink(objects, server.url.slice(0, -1));
  const write = (id: string, createdAt: string, model = 'anemia') =>
    sink.write({ model, kind: 'drift', id, createdAt, html: PAGE, json: '{"kind":"drift-report"}' });
  return { server, write };
}

async function lab() {
  const home = await temporaryDirectory();
  const root = join(home, 'reports');
  return { home, root, ...(await labOf(createFileObjects(root))) };
}

async function labOnS3() {
  const { endpoint } = await startFakeS3('bucket');
  return labOf(openS3Folder('s3://bucket/reports', { endpoint, region: 'us-east-1', kmsKey: null }));
}

/** A request as it is written, which fetch would tidy first. */
const raw = (port: number, path: string, headers: Record<string, string> = {}, method = 'GET') =>
  new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    })
      .on('error', reject)
      .end();
  });

describe.each([
  ['files', lab],
  ['S3', labOnS3],
])('report server of reports in %s', (_, open) => {
  it('serves what the sink wrote at the addresses that it told', async () => {
    const { write } = await open();
    const { html, json } = await write('check-2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z');
    const page = await fetch(html);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await page.text()).toBe(PAGE);
    const document = await fetch(json);
    expect(document.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await document.json()).toEqual({ kind: 'drift-report' });
  });

  it('forbids pages to load, run, be framed or be taken for something else', async () => {
    const { server, write } = await open();
    const { html } = await write('a', '2026-01-01T00:00:00Z');
    for (const url of [server.url, html, `${server.url}nothing`]) {
      const { headers } = await fetch(url);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'.*frame-ancestors 'none'$/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
  });

  it('lists models with their newest reports, and each model with all', async () => {
    const { server, write } = await open();
    expect(await (await fetch(server.url)).text()).toContain('There is no report yet');
    for (let day = 1; day <= 7; day += 1) await write(`c${day}`, `2026-01-0${day}T00:00:00Z`);
    await write('x', '2026-01-01T00:00:00Z', 'other');
    const index = await (await fetch(server.url)).text();
    expect(index).toContain('href="anemia/drift/c7.html"');
    expect(index).not.toContain('c2.html');
    expect(index).toContain('href="other/drift/x.html"');
    expect(index).toContain('7 drift checks');
    const model = await fetch(`${server.url}anemia`);
    expect(model.url).toBe(`${server.url}anemia/`);
    expect(await model.text()).toMatch(/c7\.html[\s\S]*c1\.html/);
  });
});

describe('report server', () => {
  it('answers HEAD like GET without a body, and nothing but them', async () => {
    const { server, write } = await lab();
    const { html } = await write('a', '2026-01-01T00:00:00Z');
    for (const url of [server.url, html]) {
      const head = await fetch(url, { method: 'HEAD' });
      expect(head.status).toBe(200);
      expect(Number(head.headers.get('content-length'))).toBeGreaterThan(0);
      expect(await head.text()).toBe('');
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await fetch(html, { method });
      expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    }
  });

  it('refuses host names that only a rebound DNS name brings', async () => {
    const { server } = await lab();
    expect((await raw(server.port, '/', { host: 'evil.example' })).status).toBe(403);
    expect((await raw(server.port, '/', { host: `localhost:${server.port}` })).status).toBe(200);
  });

  it.each([
    '/../secret.html',
    '/anemia/drift/../../../secret.html',
    '/anemia/drift/%2e%2e/%2e%2e/%2e%2e/secret.html',
    '/anemia/drift/..%2f..%2f..%2fsecret.html',
    '/anemia/drift/..%5c..%5csecret.html',
    '//etc/passwd',
    '/anemia/drift//etc/passwd',
    '/anemia/drift/link.html',
    '/link/drift/secret.html',
    '/anemia/drift/directory.html',
    '/anemia/drift/.hidden.html',
    '/anemia/drift/notes.txt',
    '/anemia/other/secret.html',
    '/anemia/drift/a.html/b.html',
    '/anemia/drift/a.html%00.json',
  ])('does not lead out of its directory by %s', async (path) => {
    const { home, root, server, write } = await lab();
    await write('a', '2026-01-01T00:00:00Z');
    const drift = join(root, 'anemia', 'drift');
    await mkdir(join(home, 'drift'));
    for (const file of [
      join(home, 'secret.html'),
      join(home, 'drift', 'secret.html'),
      join(root, 'anemia', 'secret.html'),
    ])
      await writeFile(file, 'secret');
    for (const file of ['.hidden.html', 'notes.txt']) await writeFile(join(drift, file), 'secret');
    await mkdir(join(drift, 'directory.html'));
    await symlink(join(home, 'secret.html'), join(drift, 'link.html'));
    await symlink(home, join(root, 'link'));
    const { status, body } = await raw(server.port, path);
    expect(body).not.toContain('secret');
    expect(status).toBe(404);
  });
});
