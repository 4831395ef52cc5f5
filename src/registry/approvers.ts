import { programCommand } from '../contracts/commands.js';
import { APPROVERS_LOG } from './refusals.js';
import type { Cause, LogEntry, ModelRegistry } from './registry.js';

/** A person whose signature counts. */
export interface Approver {
  name: string;
  /** Base64 of the 32 bytes of an Ed25519 public key. */
  publicKey: string;
  /** ISO 8601, UTC. */
  since: string;
  /** Who enrolled the key, and why. */
  cause: Cause;
}

/** Whose signatures count, by a hash-chained log of its own beside those of models, in files, bucket or MLflow alike. */
export interface Approvers {
  /** By name. @throws PipelineFailure `LogTampered` */
  list(): Promise<Approver[]>;
  find(name: string): Promise<Approver | null>;
  /** @throws Error when the name, in capitals or not, has another key already, or the key another name */
  add(name: string, publicKey: string, cause: Cause): Promise<void>;
  /** @throws Error when nobody has this name */
  remove(name: string, cause: Cause): Promise<void>;
  log(): Promise<LogEntry[]>;
}

/** Approvers by a log of their own in a registry. */
export function createApprovers(registry: Pick<ModelRegistry, 'record' | 'log'>): Approvers {
  const log = () => registry.log(APPROVERS_LOG);
  const approvers: Approvers = {
    log,

    async list() {
      const known = new Map<string, Approver>();
      for (const entry of await log()) {
        if (entry.event !== 'approver') continue;
        const { name, publicKey, at: since, by, proof, reason } = entry;
        const cause = { by, reason, ...(proof === undefined ? {} : { proof }) };
        if (publicKey === null) known.delete(name);
        else known.set(name, { name, publicKey, since, cause });
      }
      return [...known.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    },

    find: async (name) => (await approvers.list()).find((known) => known.name === name) ?? null,

    async add(name, publicKey, cause) {
      for (const known of await approvers.list()) {
        if (known.name === name && known.publicKey === publicKey) return;
        if (known.name.toLowerCase() === name.toLowerCase())
          throw new Error(
            `${known.name} has another key already: take that away first, ${programCommand('approvers', 'remove', known.name)}.`,
          );
        if (known.publicKey === publicKey)
          throw new Error(`This is the key of ${known.name} already: everybody needs a key of their own.`);
      }
      await registry.record(APPROVERS_LOG, { event: 'approver', name, publicKey, ...cause });
    },

    async remove(name, cause) {
      const known = await approvers.list();
      if (!known.some((approver) => approver.name === name))
        throw new Error(`${name} has no key here; known are ${known.map((one) => one.name).join(', ') || 'none'}.`);
      await registry.record(APPROVERS_LOG, { event: 'approver', name, publicKey: null, ...cause });
    },
  };
  return approvers;
}
