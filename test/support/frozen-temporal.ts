import { once } from 'node:events';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { temporal } from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from '../../src/contracts/names.js';

/** A message of gRPC: not compressed, its length, its bytes. */
function framed(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

const { GetSystemInfoResponse } = temporal.api.workflowservice.v1;
const { ListSearchAttributesResponse } = temporal.api.operatorservice.v1;

/** What a command asks before it asks for anything of its own. */
const OF_CONNECTING: Record<string, Uint8Array> = {
  GetSystemInfo: GetSystemInfoResponse.encode({}).finish(),
  ListSearchAttributes: ListSearchAttributesResponse.encode({
    customAttributes: Object.fromEntries(SEARCH_ATTRIBUTES.map((name) => [name, 2])),
  }).finish(),
};

/**
 * A Temporal server that lets clients connect and answers nothing else: what a stopped process looks like to those who were
 * connected before.
 * @param busy refuses a call with UNAVAILABLE before it freezes, so many times
 */
export async function openFrozenTemporal(busy = 0): Promise<{ address: string; close: () => void }> {
  const sessions = new Set<http2.ServerHttp2Session>();
  const server = http2.createServer().on('session', (session) => sessions.add(session));
  let refused = 0;
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined); // who hangs up is not our failure
    const answer = OF_CONNECTING[headers[':path']!.split('/').at(-1)!];
    const contentType = { ':status': 200, 'content-type': 'application/grpc' };
    if (answer === undefined) {
      if (refused++ < busy) stream.respond({ ...contentType, 'grpc-status': '14' }, { endStream: true });
      return;
    }
    stream.respond(contentType, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(framed(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
}
