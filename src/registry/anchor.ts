import { PipelineFailure } from '../contracts/failures.js';
import { type Head, signedText } from './chain.js';
import type { LogKey } from './log-key.js';
import type { EntrySignature, LogEntry, ModelRegistry } from './registry.js';

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
