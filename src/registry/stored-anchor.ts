import { z } from 'zod';
import { PipelineFailure } from '../contracts/failures.js';
import type { Objects } from '../store/objects.js';
import { type Head, signedText } from './event-log.js';
import type { LogKey } from './log-key.js';
import type { EntrySignature, LogEntry, ModelRegistry } from './registry.js';

/** Objects that are written once and kept: what an anchor needs of files or a bucket. */
export interface KeptObjects extends Pick<Objects, 'list' | 'get'> {
  /** Keeps an object; where the bucket has Object Lock, nobody can change or delete it for a time. */
  keep(key: string, bytes: Uint8Array): Promise<void>;
}

/** Objects that are kept by what the file system or the policy of a bucket forbids. */
export const keptObjects = (objects: Objects): KeptObjects => ({
  list: (prefix) => objects.list(prefix),
  get: (key) => objects.get(key),
  async keep(key, bytes) {
    await objects.put(key, bytes, 'when-absent');
  },
});

const head = z.object({
  sequence: z.number().int().positive(),
  hash: z.string(),
  signature: z.object({ key: z.string(), value: z.string() }),
});

const DIGITS = 10;

/** Models have no dots in their names. */
const HEAD = /^([^./]+)\.\d{10}\.json$/;

/**
 * Heads as objects `<model>.0000000007.json` of one folder, each written once: on another disk, in a folder that takes
 * nothing but new files (`chattr +a`), or in a bucket.
 * @param place their address, for people
 */
export function createAnchor(objects: KeptObjects, place: string): Anchor {
  return {
    place,
    models: async () => [...new Set((await objects.list('')).flatMap((key) => HEAD.exec(key)?.[1] ?? []))],

    async latest(model) {
      const keys = (await objects.list(`${model}.`)).filter((key) => HEAD.test(key)).sort();
      const key = keys.at(-1);
      const found = key === undefined ? null : await objects.get(key);
      if (key === undefined || found === null) return null;
      const parsed = head.safeParse(json(found.bytes));
      if (parsed.success && key === keyOf(model, parsed.data.sequence)) return parsed.data;
      throw new PipelineFailure(
        'LogTampered',
        `The anchor ${place}/${key} is not the head of a log that was kept there: restore it, or its earlier version.`,
      );
    },

    put: (model, anchored) =>
      objects.keep(keyOf(model, anchored.sequence), new TextEncoder().encode(`${JSON.stringify(anchored)}\n`)),
  };
}

const keyOf = (model: string, sequence: number) => `${model}.${String(sequence).padStart(DIGITS, '0')}.json`;

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

/** How far a log had come, by its key. */
export interface AnchoredHead extends Head {
  signature: EntrySignature;
}

/** Where heads of logs are kept apart from the registry, so that one put back to an earlier state is found. */
export interface Anchor {
  /** Its address, for people. */
  place: string;
  /** Models with a head there. */
  models(): Promise<string[]>;
  /** The furthest head of a model's log, `null` when there is none. */
  latest(model: string): Promise<AnchoredHead | null>;
  /** Keeps a head; it may be put again. */
  put(model: string, head: AnchoredHead): Promise<void>;
}

/**
 * Checks that a log still holds what is anchored. The anchor is asked first, as logs only grow.
 * @returns the anchored head, `null` for none
 * @throws PipelineFailure `LogTampered`
 */
export async function requireAnchored(
  anchor: Anchor,
  key: LogKey,
  name: string,
  log: () => Promise<LogEntry[]>,
): Promise<AnchoredHead | null> {
  const head = await anchor.latest(name);
  if (head === null) return null;
  const trouble = await key.troubleWith(signedText(name, head), head.signature);
  if (trouble !== null) throw tampered(name, anchor, `has entry ${head.sequence}, which ${trouble}`);
  const entry = (await log())[head.sequence - 1];
  if (entry === undefined) throw tampered(name, anchor, `knows ${head.sequence} entries, and the log has fewer`);
  if (entry.hash !== head.hash) throw tampered(name, anchor, `has another entry ${head.sequence} than the log`);
  return head;
}

/** The registry, whose every write is anchored, and which writes and gives single versions only of a log that fits. */
export function createAnchoredRegistry(registry: ModelRegistry, anchor: Anchor, key: LogKey): ModelRegistry {
  const require = (name: string) => requireAnchored(anchor, key, name, () => registry.log(name));

  async function anchored<T>(name: string, operation: () => Promise<T>): Promise<T> {
    const known = await require(name);
    const result = await operation();
    const last = (await registry.log(name)).at(-1);
    if (last !== undefined && last.sequence > (known?.sequence ?? 0)) {
      const { sequence, hash, signature } = last;
      await anchor.put(name, { sequence, hash, signature });
    }
    return result;
  }

  return {
    ...registry,
    async version(name, version) {
      await require(name);
      return registry.version(name, version);
    },
    async alias(name, alias) {
      await require(name);
      return registry.alias(name, alias);
    },
    register: (draft) => anchored(draft.name, () => registry.register(draft)),
    setAlias: (name, change) => anchored(name, () => registry.setAlias(name, change)),
    record: (name, entry) => anchored(name, () => registry.record(name, entry)),
    writeOff: (name, lost) => anchored(name, () => registry.writeOff(name, lost)),
  };
}

const tampered = (name: string, { place }: Anchor, found: string): PipelineFailure =>
  new PipelineFailure(
    'LogTampered',
    `The log of model ${name} was put back or replaced: its anchor at ${place} ${found}; restore the registry from a later backup (what serves keeps serving).`,
  );
