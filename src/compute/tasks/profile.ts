import type { ArtifactRef } from '../../contracts/values.js';
import type { ProfileResult } from '../../contracts/results.js';
import { profileTable } from '../../data/danfo.js';
import { readTable } from '../../data/read.js';
import { defineTask, type TaskContext } from '../task.js';

/** An ingested data set, and the features to look at. */
export interface ProfileInput {
  dataset: ArtifactRef;
  columns: string[];
}

/** Exploratory profile of the ingested rows, stored as JSON. */
export const profileTask = defineTask({
  name: 'profile',
  version: 2,
  run: async (input: ProfileInput, { store }: TaskContext): Promise<ProfileResult> => {
    const table = await readTable(await store.localPath(input.dataset), input.columns);
    const profile = profileTable(table, input.columns);
    return { profile: await store.put(Buffer.from(`${JSON.stringify(profile, null, 2)}\n`)), rows: profile.rows };
  },
});
