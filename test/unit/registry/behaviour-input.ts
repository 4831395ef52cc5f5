import { expect } from 'vitest';
import type { LogEntry, ModelRegistry, Recordable, VersionDraft } from '../../../src/registry/registry.js';

export const promote = (version: number) =>
  ({ alias: 'champion', version, by: 'train-1', reason: 'passed its gate' }) as const;
export const LINEAGE = { workflowId: 'train-1' };
export const CAUSE = { by: 'someone', reason: 'looks good', run: 'train-2' } as const;
export const GATE = { event: 'gate', version: 1, passed: false, checks: [], ...CAUSE } satisfies Recordable;
export const DECISION = { event: 'decision', version: 1, decision: 'approved', ...CAUSE } satisfies Recordable;
export const BACK = { event: 'rolled-back', version: 1, target: 'anemia:live', ...CAUSE } satisfies Recordable;
export const traffic = (percent: number) =>
  ({
    event: 'traffic',
    target: 'anemia:live',
    by: 'someone',
    reason: 'canary',
    shares: [
      { version: 1, functionVersion: '4', percent },
      { version: null, functionVersion: '5', percent: 100 - percent },
    ],
  }) satisfies Recordable;

export const judged = (draft: VersionDraft, workflowId: string, gate: VersionDraft['gate']): VersionDraft => ({
  ...draft,
  gate,
  lineage: { ...draft.lineage, workflowId },
});

/** What a version is that was registered from this draft. */
export const digestsOf = ({ model }: VersionDraft) => ({
  model: model.sha256,
  record: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
});

/** A log without how it began and which versions were registered. */
export const happenings = (log: LogEntry[]) => log.filter(({ event }) => event !== 'begun' && event !== 'registered');

/** What a test of the behaviour works with. */
export interface Opened {
  registry: ModelRegistry;
  /** Name of a model that nobody has used; names that begin with it are free, too. */
  name: string;
  /** A version whose model bytes depend on the digit alone, and whose artifacts the registry can find. */
  draftOf: (digit: string, name?: string) => VersionDraft;
  /** Takes a version's record away behind the registry's back. */
  lose: (version: number) => Promise<unknown>;
}

/** Models whose name begins with that of the test. */
export const modelsOf = async ({ registry, name }: Opened) =>
  (await registry.models()).filter((known) => known.startsWith(name));
