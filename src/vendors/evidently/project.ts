import { z } from 'zod';
import type { EvidentlyClient } from './client.js';
import { stableId } from './stable-id.js';

const PROJECT = z.object({ id: z.guid(), created_at: z.string().nullable() });

/**
 * Id of a model's project, which is made when there is none. Makers give it the same id, so that two at once make one. A
 * project that a person made under the model's name is taken, and ours is known again under another name.
 */
export async function ensureProject(client: EvidentlyClient, model: string): Promise<string> {
  const own = stableId('project', model);
  const named = (await client.get(`projects/search/${encodeURIComponent(model)}`, z.array(PROJECT))) ?? [];
  if (named.some(({ id }) => id === own)) return own;
  const [oldest] = named.sort(
    (a, b) => (a.created_at ?? '').localeCompare(b.created_at ?? '') || (a.id < b.id ? -1 : 1),
  );
  if (oldest !== undefined) return oldest.id;
  if ((await client.get(`projects/${own}/info`, PROJECT)) !== null) return own;
  const project = {
    id: own,
    name: model,
    description: `Drift checks of the model ${model}.`,
    org_id: null,
    version: '2',
  };
  return client.post('v2/projects', project, z.guid());
}
