import type { Claim } from '../../src/contracts/identity.js';

/** Somebody who proves nothing. */
export const claimed = (by: string): Claim => ({ by, at: '2026-11-29T10:00:00.000Z', evidence: null });
