import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createRegistry } from '../../../src/registry/stored-registry.js';
import { createFileObjects } from '../../../src/store/file-objects.js';
import { signedText } from '../../../src/registry/event-log.js';
import type { LogKey } from '../../../src/registry/log-key.js';
import type { LogEntry, ModelRegistry } from '../../../src/registry/registry.js';
import { sha256Of } from '../../../src/store/files.js';
import { createMemoryObjects } from '../../../src/testing/memory-objects.js';
import { temporaryDirectory } from '../../support/temp.js';
import { draftOf } from './draft.js';
import { logKey } from './log-key.js';

export const NAME = 'anemia-detection';
export const change = (version: number | null) => ({ alias: 'champion', version, by: 'x', reason: 'gemäß y' }) as const;

/** Where a registry's records are, to change them behind its back. */
interface Records {
  registry: ModelRegistry;
  read: (file: string) => Promise<string>;
  write: (file: string, bytes: string | Uint8Array) => Promise<unknown>;
  remove: (file: string) => Promise<unknown>;
}

const now = () => new Date('2026-01-02T03:04:05Z');

async function inFiles(): Promise<Records> {
  const root = await temporaryDirectory();
  const at = (file: string) => join(root, NAME, file);
  return {
    registry: createRegistry(createFileObjects(root), now, logKey),
    read: (file) => readFile(at(file), 'utf8'),
    write: (file, bytes) => writeFile(at(file), bytes),
    remove: (file) => rm(at(file)),
  };
}

function inObjects(): Promise<Records> {
  const objects = createMemoryObjects();
  const at = (file: string) => (file.startsWith('../') ? file.slice(3) : `${NAME}/${file}`);
  return Promise.resolve({
    registry: createRegistry(objects, now, logKey),
    read: async (file) => Buffer.from((await objects.get(at(file)))!.bytes).toString('utf8'),
    write: (file, bytes) => objects.put(at(file), Buffer.from(bytes), 'always'),
    remove: (file) => objects.delete(at(file)),
  });
}

export const LOG = 'promotions.jsonl';
export const HEAD = 'promotions.head.json';

/** A registry with two versions, whose log has seven entries: its beginning, two registrations, four moves of an alias. */
export async function seven(open: () => Promise<Records>) {
  const records = await open();
  const { registry } = records;
  for (const digit of ['a', 'b']) await registry.register(draftOf(digit));
  for (const version of [1, 2, 1, 2]) await registry.setAlias(NAME, change(version));
  const lines = async () => (await records.read(LOG)).split('\n').slice(0, -1);
  const write = (kept: string[]) => records.write(LOG, kept.map((line) => `${line}\n`).join(''));
  return { ...records, records, lines, write };
}

export const KINDS = [
  ['files', inFiles],
  ['objects', inObjects],
] as const;

/** A line that fits the chain, as one makes who knows how; with the signature of the one before, or of another key. */
export async function forged(last: string, key?: LogKey): Promise<string> {
  const { hash: previousHash, signature, ...rest } = JSON.parse(last) as LogEntry;
  const text = JSON.stringify({ ...rest, reason: 'z', sequence: rest.sequence + 1, previousHash });
  const head = { sequence: rest.sequence + 1, hash: sha256Of(text) };
  const signed = key === undefined ? signature : await key.sign(signedText(NAME, head));
  return `${text.slice(0, -1)},"hash":"${head.hash}","signature":${JSON.stringify(signed)}}`;
}

export const tampered = (found = '') => ({
  type: 'LogTampered',
  message: expect.stringMatching(`model ${NAME} .*${found}.*backup`) as string,
});
