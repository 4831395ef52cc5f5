import type { Objects } from '../store/objects.js';
import { recorded } from './refusals.js';
import { retryOnConflict, ConflictError } from './conflicts.js';

/** One value in an object, with a number that counts its states: no state, and so no tag, comes a second time. */
interface Revised<T> {
  revision: number;
  value: T;
}

/** @throws PipelineFailure `ArtifactCorrupt` when the object was damaged */
export async function readRecord<T>(objects: Objects, key: string, empty: T): Promise<T> {
  return (await revisedAt<T>(objects, key))?.value ?? empty;
}

/**
 * Changes the value, with no other writer in between; `edit` may be asked again. It gives the new value, or `null` to
 * leave all as it is.
 * @returns the value that is there now
 */
export function changeRecord<T>(objects: Objects, key: string, empty: T, edit: (known: T) => T | null): Promise<T> {
  return retryOnConflict(key, async () => {
    const found = await revisedAt<T>(objects, key);
    const known = found?.value ?? empty;
    const value = edit(known);
    if (value === null) return known;
    const next: Revised<T> = { revision: (found?.revision ?? 0) + 1, value };
    const bytes = Buffer.from(`${JSON.stringify(next, null, 2)}\n`);
    const tag = await objects.put(key, bytes, found === null ? 'when-absent' : { whenTag: found.tag });
    if (tag === null) throw new ConflictError();
    return value;
  });
}

async function revisedAt<T>(objects: Objects, key: string): Promise<(Revised<T> & { tag: string }) | null> {
  const found = await objects.get(key);
  if (found === null) return null;
  return { ...(recorded(Buffer.from(found.bytes).toString('utf8'), key) as Revised<T>), tag: found.tag };
}
