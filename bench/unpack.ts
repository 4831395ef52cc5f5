import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';

/** Unpacks a Lambda zip beside itself and gives the path of its handler. */
export async function unpackHandler(path: string): Promise<string> {
  const directory = path.replace(/\.zip$/, '');
  await mkdir(directory, { recursive: true });
  for (const [name, bytes] of Object.entries(unzipSync(await readFile(path)))) {
    await writeFile(join(directory, name), bytes);
  }
  return join(directory, 'index.mjs');
}
