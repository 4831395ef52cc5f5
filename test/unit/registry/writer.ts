// A process that registers ten models and promotes each, while another does the same.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createLogKey, createSecretSigner } from '../../../src/registry/log-key.js';
import { createFileObjects } from '../../../src/store/file-objects.js';
import { createSecrets } from '../../../src/store/secrets.js';
import { draftOf } from './draft.js';
import { createRegistry } from '../../../src/registry/stored-registry.js';

const [root, name] = process.argv.slice(2) as [string, string];
const registry = createRegistry(
  createFileObjects(join(root, 'registry')),
  () => new Date(),
  createLogKey(createSecretSigner(createSecrets(createFileObjects(join(root, 'keys'))))),
);
for (let i = 0; i < 10; i++) {
  const sha256 = createHash('sha256').update(`${name} ${i}`).digest('hex');
  const draft = draftOf('a');
  const { version } = await registry.register({ ...draft, model: { ...draft.model, sha256 } });
  await registry.setAlias(draft.name, { alias: 'champion', version, by: name, reason: 'test' });
}
