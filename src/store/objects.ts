/** When an object is written: always, only when there is none yet, or only over the one with this tag. */
export type PutCondition = 'always' | 'when-absent' | { whenTag: string };

/**
 * Bytes under keys like `models/1.json`, in a bucket or what behaves like one. Writes are whole or not at all, and who
 * reads after a write sees it. A tag names one state of an object; it is opaque, and equal bytes may share one: what is
 * written under a condition holds something of its writer's own, or a rival's equal write passes for it.
 */
export interface Objects {
  /** `null` when there is none. */
  get(key: string): Promise<{ bytes: Uint8Array; tag: string } | null>;
  /** Bytes in chunks of any size. @throws PipelineFailure `ArtifactCorrupt` when there is none */
  open(key: string): AsyncIterable<Uint8Array>;
  /** Size in bytes; `null` when there is none. */
  size(key: string): Promise<number | null>;
  /** @returns the new tag, or `null` when the condition did not hold and nothing was written */
  put(key: string, bytes: Uint8Array, condition: PutCondition): Promise<string | null>;
  /** Writes a local file of any size, which stays. */
  putFile(key: string, path: string): Promise<void>;
  /** Keys that start so, sorted. */
  list(prefix: string): Promise<string[]>;
  /** Also when there is none. */
  delete(key: string): Promise<void>;
}
