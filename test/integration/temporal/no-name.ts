import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { expect } from 'vitest';
import { kept } from './kept-by-server.js';
import { readableFile } from '../browser/readable.js';

/** Stands in data sets where names do, unlike anything else. */
export const NAME = 'Zzyzx Quuxley';

/** That no part of the name is in a text. */
export function expectNoName(text: string, where: string): void {
  for (const part of NAME.split(' ')) expect(text.includes(part), where).toBe(false);
}

/** That it is in nothing that the server keeps of these runs of a model, whose own name is found there. */
export async function expectNoNameInRuns(client: Client, model: string, workflowIds: string[]): Promise<void> {
  for (const id of workflowIds) {
    const history = (await kept(client, id)).bytes.toString('latin1');
    expect(history, id).toContain(model);
    expectNoName(history, id);
  }
}

/** That it is in no file below a directory, as it can be read. @returns how many files there are */
export async function expectNoNameInFiles(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files) expectNoName(await readableFile(file), file);
  return files.length;
}
