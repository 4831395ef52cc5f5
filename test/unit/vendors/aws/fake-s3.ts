import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * What befalls a request: an error answer, a connection cut before (`refused`) or after (`lost`) the operation, half a body.
 */
export type Fault = { status: number; code: string } | 'refused' | 'lost' | 'half';

export interface FakeS3 {
  endpoint: string;
  buckets: Map<string, Map<string, Buffer>>;
  requests: { method: string; path: string; headers: IncomingMessage['headers'] }[];
  uploads: Map<string, Map<number, Buffer>>;
  /** Asked once a request; `null` lets it pass. */
  fault: (method: string, path: string) => Fault | null;
}

/** A server that keeps objects as S3 does, with conditions, pages of 3 keys and multipart uploads; it ends with the test. */
export async function startFakeS3(...buckets: string[]): Promise<FakeS3> {
  const fake: FakeS3 = {
    endpoint: '',
    buckets: new Map(buckets.map((bucket) => [bucket, new Map<string, Buffer>()])),
    requests: [],
    uploads: new Map(),
    fault: () => null,
  };
  const server = createServer((request, response) => void answer(fake, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  fake.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return fake;
}

async function answer(fake: FakeS3, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  const url = new URL(request.url!, 'http://fake');
  const method = request.method!;
  fake.requests.push({ method, path: `${url.pathname}${url.search}`, headers: request.headers });
  const fault = fake.fault(method, url.pathname);
  if (fault === 'refused') {
    request.socket.destroy();
    return;
  }
  if (fault !== null && typeof fault === 'object') {
    refuse(response, fault.status, fault.code, method);
    return;
  }
  const reply = operation(fake, method, url, request.headers, Buffer.concat(parts));
  if (fault === 'lost') {
    request.socket.destroy();
    return;
  }
  if ('code' in reply) {
    refuse(response, reply.status, reply.code, method);
    return;
  }
  const body = reply.body ?? Buffer.alloc(0);
  response.writeHead(reply.status ?? 200, { ...reply.headers, 'content-length': reply.length ?? body.length });
  if (fault === 'half') {
    response.write(body.subarray(0, body.length >> 1), () => request.socket.destroy());
    return;
  }
  response.end(method === 'HEAD' ? undefined : body);
}

function refuse(response: ServerResponse, status: number, code: string, method: string): void {
  const xml = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>said the fake</Message></Error>`;
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(method === 'HEAD' ? undefined : xml);
}

type Reply =
  | { status: number; code: string }
  | { status?: number; headers?: Record<string, string>; body?: Buffer; length?: number };

export const tagOf = (bytes: Uint8Array) => `"${createHash('md5').update(bytes).digest('hex')}"`;

function operation(fake: FakeS3, method: string, url: URL, headers: IncomingMessage['headers'], body: Buffer): Reply {
  const [bucket = '', ...rest] = decodeURIComponent(url.pathname.slice(1)).split('/');
  const objects = fake.buckets.get(bucket);
  if (objects === undefined) return { status: 404, code: 'NoSuchBucket' };
  const key = rest.join('/');
  const { searchParams: query } = url;
  if (query.has('uploads') || query.has('uploadId')) return multipart(fake, objects, method, key, query, body);
  const found = objects.get(key);
  switch (method) {
    case 'PUT': {
      const wanted = headers['if-match'];
      if (headers['if-none-match'] === '*' && found !== undefined) return { status: 412, code: 'PreconditionFailed' };
      if (wanted !== undefined && found === undefined) return { status: 404, code: 'NoSuchKey' };
      if (wanted !== undefined && tagOf(found!) !== wanted) return { status: 412, code: 'PreconditionFailed' };
      objects.set(key, body);
      written.set(body, new Date());
      return { headers: { etag: tagOf(body) } };
    }
    case 'DELETE':
      objects.delete(key);
      return { status: 204 };
    default:
      if (query.has('list-type')) return { body: page(objects, query) };
      if (found === undefined) return { status: 404, code: 'NoSuchKey' };
      return { headers: { etag: tagOf(found) }, body: found };
  }
}

/** When what a bucket holds was put there; what a test put there by hand is as old as can be. */
const written = new WeakMap<Buffer, Date>();

const detailsOf = (bytes: Buffer): string =>
  `<Size>${bytes.length}</Size><LastModified>${(written.get(bytes) ?? new Date(0)).toISOString()}</LastModified>`;

function page(objects: Map<string, Buffer>, query: URLSearchParams): Buffer {
  const after = query.get('continuation-token') ?? '';
  const keys = [...objects.keys()].sort().filter((key) => key.startsWith(query.get('prefix') ?? '') && key > after);
  const shown = keys.slice(0, 3);
  const more = keys.length > shown.length;
  return Buffer.from(
    `<ListBucketResult><IsTruncated>${more}</IsTruncated>${more ? `<NextContinuationToken>${shown.at(-1)!}</NextContinuationToken>` : ''}${shown
      .map((key) => `<Contents><Key>${key}</Key>${detailsOf(objects.get(key)!)}</Contents>`)
      .join('')}</ListBucketResult>`,
  );
}

function multipart(
  fake: FakeS3,
  objects: Map<string, Buffer>,
  method: string,
  key: string,
  query: URLSearchParams,
  body: Buffer,
): Reply {
  if (query.has('uploads')) {
    const id = randomUUID();
    fake.uploads.set(id, new Map());
    return {
      body: Buffer.from(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`),
    };
  }
  const id = query.get('uploadId')!;
  const parts = fake.uploads.get(id);
  if (parts === undefined) return { status: 404, code: 'NoSuchUpload' };
  if (method === 'PUT') {
    parts.set(Number(query.get('partNumber')), body);
    return { headers: { etag: tagOf(body) } };
  }
  fake.uploads.delete(id);
  if (method === 'DELETE') return { status: 204 };
  objects.set(key, Buffer.concat([...parts.entries()].sort(([a], [b]) => a - b).map(([, bytes]) => bytes)));
  return { body: Buffer.from('<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>') };
}
