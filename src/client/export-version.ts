import { mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PORTABLE_FILES } from '../contracts/results.js';
import type { ModelRegistry } from '../registry/registry.js';
import type { ArtifactStore } from '../store/artifacts.js';
import { isMissing, writeFileAtomic } from '../store/files.js';
import { findOneVersion } from './find-version.js';

export interface ExportOptions {
  to: string;
  model?: string;
}

/** Where the files of a version are now. */
export interface ExportedVersion {
  name: string;
  version: number;
  /** Absolute path. */
  directory: string;
  files: string[];
}

/**
 * Writes the files of a version into a directory, every one checked against its hash.
 * @throws Error when the directory holds something or the version has no such files
 */
export async function exportVersion(
  registry: ModelRegistry,
  store: ArtifactStore,
  text: string,
  options: ExportOptions,
): Promise<ExportedVersion> {
  const found = await findOneVersion(registry, text, options.model);
  const { name, version, model, portable } = await registry.version(found.name, found.version);
  if (portable === null)
    throw new Error(
      `${name} version ${version} is of a learner that is not built in, or was registered before models had portable files: train it again with a built-in kind.`,
    );
  const directory = resolve(options.to);
  if (!(await isFree(directory)))
    throw new Error(`${directory} is not empty: give --to a directory that is new or empty.`);
  // All are read and checked before the first is written.
  const files = await Promise.all(
    Object.entries({ 'model.json': model, ...portable }).map(
      async ([file, ref]) => [file, await store.get(ref)] as const,
    ),
  );
  await mkdir(directory, { recursive: true });
  for (const [file, bytes] of files) await writeFileAtomic(join(directory, file), bytes);
  return { name, version, directory, files: ['model.json', ...PORTABLE_FILES] };
}

async function isFree(directory: string): Promise<boolean> {
  try {
    return (await readdir(directory)).length === 0;
  } catch (error) {
    if (isMissing(error)) return true;
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR')
      throw new Error(`${directory} is a file: give --to a directory that is new or empty.`, { cause: error });
    throw error;
  }
}
