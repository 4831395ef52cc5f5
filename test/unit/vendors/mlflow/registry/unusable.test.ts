import type { RequestListener } from 'node:http';
import { expect, it } from 'vitest';
import { createMlflowClient } from '../../../../../src/vendors/mlflow/client.js';
import { createMlflowRegistry } from '../../../../../src/vendors/mlflow/registry/registry.js';
import type { ModelRegistry } from '../../../../../src/registry/registry.js';
import { createFileStore } from '../../../../support/file-store.js';
import { serve } from '../../../../support/serve.js';
import { freePorts, temporaryDirectory } from '../../../../support/temp.js';
import { draftOf } from '../../../registry/draft.js';
import { logKey } from '../../../registry/log-key.js';

const NAME = 'anemia-detection';
const answering =
  (status: number, body: string): RequestListener =>
  (_, response) =>
    response.writeHead(status).end(body);

const registryAt = async (uri: string): Promise<ModelRegistry> =>
  createMlflowRegistry({
    client: createMlflowClient({ uri, authorization: null, timeoutMs: 1000 }),
    store: createFileStore(await temporaryDirectory()),
    now: () => new Date(0),
    key: logKey,
  });

/** What the methods of a registry fail with. */
async function failuresOf(registry: ModelRegistry): Promise<unknown[]> {
  const calls = [
    registry.models(),
    registry.versions(NAME),
    registry.version(NAME, 1),
    registry.aliases(NAME),
    registry.log(NAME),
    registry.register(draftOf('a')),
    registry.setAlias(NAME, { alias: 'champion', version: 1, by: 'x', reason: 'y' }),
    registry.record(NAME, { event: 'decision', version: 1, decision: 'approved', run: 'x', by: 'x', reason: 'y' }),
  ];
  return (await Promise.allSettled(calls)).map((result) => result.status === 'rejected' && (result.reason as unknown));
}

it.each<[string, RequestListener, object, string]>([
  ['fails', answering(500, 'oops'), { name: 'Error' }, 'worth another try'],
  ['has too much to do', answering(429, ''), { name: 'Error' }, 'worth another try'],
  ['does not answer', () => undefined, { name: 'Error' }, 'did not answer within 1 s'],
  ['does not know us', answering(401, 'who?'), { type: 'CredentialsRejected' }, 'MLFLOW_TRACKING_TOKEN'],
  ['is a web page', answering(200, '<html>Welcome</html>'), { type: 'RegistryUnusable' }, 'MLFLOW_TRACKING_URI'],
])('says so when the server %s, whatever is asked', async (_, listener, failure, message) => {
  const failures = await failuresOf(await registryAt(await serve(listener)));
  for (const found of failures)
    expect(found).toMatchObject({ ...failure, message: expect.stringContaining(message) as string });
});

it('says so when there is no server', async () => {
  const [port] = await freePorts(1);
  for (const found of await failuresOf(await registryAt(`http://127.0.0.1:${port}`)))
    expect(found).toMatchObject({ name: 'Error', message: expect.stringContaining('is it running?') as string });
});
