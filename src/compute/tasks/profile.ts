import type { ProfileResult } from '../../contracts/results.js';
import { profileTable } from '../../data/profile.js';
import { readTable } from '../../data/read.js';
import type { ProfileInput } from '../inputs.js';
import type { TaskContext } from './index.js';

/** Exploratory profile of the ingested rows, stored as JSON. */
export async function profileTask(input: ProfileInput, { store }: TaskContext): Promise<ProfileResult> {
  const table = await readTable(await store.localPath(input.dataset), input.columns);
  const profile = profileTable(table, input.columns);
  return { profile: await store.put(Buffer.from(`${JSON.stringify(profile, null, 2)}\n`)), rows: profile.rows };
}
