import { whyItBegan } from '../contracts/identity.js';
import type { Cause, Lineage, RegistryEvent, VersionDraft } from './registry.js';

/** How every log begins: by whom its second entry is, and as far as that is proved. */
export const begunBy = ({
  by,
  proof,
}: Pick<Cause, 'by' | 'proof'>): Extract<RegistryEvent, { event: 'begun' }> & Cause => ({
  ...{ event: 'begun', by, reason: 'the first entry of every log' },
  ...(proof === undefined ? {} : { proof }),
});

/** A new version. */
export const registered = (
  version: number,
  { workflowId, runId, origin }: Lineage,
): Extract<RegistryEvent, { event: 'registered' }> & Cause => ({
  ...{ event: 'registered', version, run: `${workflowId}/${runId}`, origin },
  by: workflowId,
  reason: whyItBegan(origin),
});

/** The gate found otherwise this time. */
export const judgedAgain = (
  version: number,
  gate: VersionDraft['gate'],
  { workflowId: run }: Lineage,
): Extract<RegistryEvent, { event: 'gate' }> & Cause => ({
  ...{ event: 'gate', version, ...gate, run },
  by: run,
  reason: 'judged again',
});
