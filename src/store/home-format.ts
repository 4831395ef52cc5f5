import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PipelineFailure } from '../contracts/failures.js';
import { isMissing, writeFileAtomic } from './files.js';
import { OWNER_ONLY } from './owner-only.js';

/** How a home keeps its files. It is raised when a version cannot read what the one before it wrote. */
export const HOME_FORMAT = 1;

const FILE = 'format.json';

/** Files that only this program makes; a home that has one of them and no number was made before there were numbers. */
const OF_BEFORE = ['registry', 'temporal.db'];

const schema = z.object({ format: z.int().positive(), version: z.string().regex(/^[\w.+-]{1,40}$/) });

/**
 * Sees to it that this version reads a home; one that does not exist yet is fine.
 * @throws PipelineFailure `StorageUnusable` for a home of another format, with what to do
 */
export async function checkHome(home: string, version: string): Promise<'numbered' | 'new'> {
  const text = await textOf(join(home, FILE));
  const reads = `version ${version} of this program reads format ${HOME_FORMAT}`;
  const other = (why: string, remedy: string) =>
    new PipelineFailure(
      'StorageUnusable',
      `The home ${home} ${why}, and ${reads}: ${remedy}, or move it away to begin anew (mv ${home} ${home}.before); nothing of it was changed.`,
    );
  if (text === null) {
    const known = await Promise.all(OF_BEFORE.map((name) => exists(join(home, name))));
    if (known.includes(true))
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

/** The same, and gives a new home its number, before anything else is written there. */
export async function settleHome(home: string, version: string): Promise<void> {
  if ((await checkHome(home, version)) === 'numbered') return;
  await mkdir(home, { recursive: true, mode: OWNER_ONLY.directory });
  await writeFileAtomic(join(home, FILE), `${JSON.stringify({ format: HOME_FORMAT, version })}\n`);
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // no JSON, so nothing of ours
  }
}
