import { z } from 'zod';
import { PipelineFailure } from '../contracts/failures.js';
import { createFileObjects } from './file-objects.js';
import type { Objects } from './objects.js';

/** How a home or a bucket keeps its files. It is raised when a version cannot read what the one before it wrote. */
export const HOME_FORMAT = 2;

const FILE = 'format.json';

/** Every store has an id: one without a number was made otherwise. */
const STORE_ID = 'keys/store-id';

const schema = z.object({ format: z.int().positive(), version: z.string().regex(/^[\w.+-]{1,40}$/) });

/** What has a number: a home or a bucket. */
interface Numbered {
  /** For messages: what it is, and where. */
  name: string;
  /** How to begin anew without it. */
  anew: string;
  objects: Objects;
}

const homeOf = (home: string): Numbered => ({
  name: `home ${home}`,
  anew: `move it away to begin anew (mv ${home} ${home}.before)`,
  objects: createFileObjects(home),
});

const bucketOf = (uri: string, objects: Objects): Numbered => ({
  name: `bucket ${uri}`,
  anew: 'begin anew under another prefix in MLOPS_STORAGE',
  objects,
});

/**
 * Sees to it that this version reads a home; one that does not exist yet is fine.
 * @throws PipelineFailure `StorageUnusable` for a home of another format, with what to do
 */
export const checkHome = (home: string, version: string): Promise<'numbered' | 'new'> => check(homeOf(home), version);

/** The same, and gives a new home its number, before anything else is written there. */
export const settleHome = (home: string, version: string): Promise<void> => settle(homeOf(home), version);

/** Like {@link checkHome}, of the bucket with everything in it. @param uri `s3://bucket/prefix`, for messages */
export const checkBucket = (uri: string, objects: Objects, version: string): Promise<'numbered' | 'new'> =>
  check(bucketOf(uri, objects), version);

/** Like {@link settleHome}, of the bucket with everything in it. */
export const settleBucket = (uri: string, objects: Objects, version: string): Promise<void> =>
  settle(bucketOf(uri, objects), version);

async function check(place: Numbered, version: string): Promise<'numbered' | 'new'> {
  // Whoever makes it writes the number first: it is there, where another start was seen half way.
  const text = (await textIn(place)) ?? ((await isUsed(place)) ? await textIn(place) : null);
  const reads = `version ${version} of this program reads format ${HOME_FORMAT}`;
  const other = (why: string, remedy: string) =>
    new PipelineFailure(
      'StorageUnusable',
      `The ${place.name} ${why}, and ${reads}: ${remedy}, or ${place.anew}; nothing of it was changed.`,
    );
  if (text === null) {
    if (await isUsed(place))
      throw other('has no format number, as those made before there were any', 'use the version that made it');
    return 'new';
  }
  const { data } = schema.safeParse(parsed(text));
  if (data === undefined) throw other(`has no readable ${FILE}`, `restore ${FILE} from a backup`);
  if (data.format !== HOME_FORMAT)
    throw other(
      `has format ${data.format}, made by version ${data.version}`,
      `use version ${data.version}${data.format > HOME_FORMAT ? ' or a later one' : ''}`,
    );
  return 'numbered';
}

async function settle(place: Numbered, version: string): Promise<void> {
  if ((await check(place, version)) === 'numbered') return;
  await place.objects.put(
    FILE,
    new TextEncoder().encode(`${JSON.stringify({ format: HOME_FORMAT, version })}\n`),
    'when-absent',
  );
  await check(place, version); // another version may have been faster
}

async function textIn({ objects }: Numbered): Promise<string | null> {
  const found = await objects.get(FILE);
  return found === null ? null : new TextDecoder().decode(found.bytes);
}

const isUsed = async ({ objects }: Numbered): Promise<boolean> => (await objects.size(STORE_ID)) !== null;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // no JSON, so nothing of ours
  }
}
