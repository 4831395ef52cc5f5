import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bench, MILLION } from '../context.js';
import { median, reportOf, runScript } from '../measure.js';
import type { DriftCaptured } from '../processes/drift-captured.js';
import type { DriftChecked } from '../processes/drift-check.js';
import type { DriftData } from '../processes/drift-data.js';
import { NOT_INSTALLED, runPeer } from '../python.js';
import type { Budget, Row } from '../row.js';

const TIME_SHARE = 1 / 8;
const MEMORY_SHARE = 1;
/** Ten times the rows, and a little for memory that no longer fits caches. */
const LARGE_FACTOR = 12;
const LARGE_BYTES = 1.5 * 2 ** 30;

/**
 * A window of five columns of numbers and the class against a reference of as many rows, both in memory, beside
 * Evidently's default preset on the same rows; then ten times as many rows, ours alone; then both again as a check meets
 * them, in captured lines.
 */
export const driftCheck: Bench = {
  name: 'drift-check',
  async run({ directory, repeats }) {
    const small = await checkRows(join(directory, 'drift'), MILLION, repeats, true);
    const { checked, peer, jsonBytes } = small;
    const large = await checkRows(join(directory, 'drift-large'), 10 * MILLION, repeats, false);
    const row = (what: string, unit: Row['unit'], value: (of: DriftChecked) => number, budget: Budget): Row => ({
      ...{ bench: 'drift-check', what, unit, budget, ours: value(checked) },
      peer: peer === null ? null : { name: 'evidently', value: value(peer) },
      note: peer === null ? NOT_INSTALLED : '',
    });
    const alone = (what: string, unit: Row['unit'], ours: number, limit: number, note: string): Row => ({
      ...{ bench: 'drift-check', what, unit, ours, peer: null, budget: { kind: 'most', limit }, note },
    });
    const time = (of: DriftChecked) => median(of.seconds);
    const others = peer === null ? [] : differing(checked, peer);
    const profile = `reference profile ${(jsonBytes / 1e6).toFixed(1)} MB of JSON, read in ours`;
    const captured = large.captured.rows === 10 * MILLION && small.captured.rows === MILLION ? '' : 'ROWS WERE LOST';
    return [
      {
        ...row('time, 1,000,000 x 5', 's', time, { kind: 'share', limit: TIME_SHARE }),
        ...(peer && { note: profile }),
      },
      row('peak memory', 'MiB', (of) => of.peakBytes, { kind: 'share', limit: MEMORY_SHARE }),
      alone('other verdicts', 'count', others.length, 0, peer === null ? NOT_INSTALLED : others.join(', ')),
      alone(
        'time, 10,000,000 x 5',
        's',
        time(large.checked),
        LARGE_FACTOR * time(checked),
        'limit: 12 times the above',
      ),
      alone('peak memory', 'MiB', large.checked.peakBytes, LARGE_BYTES, ''),
      {
        ...row('captured lines, 1,000,000 x 5', 's', time, { kind: 'share', limit: TIME_SHARE }),
        ours: median(small.captured.seconds),
        note: `read from JSON Lines in ours, from memory in the peer's ${captured}`.trim(),
      },
      {
        ...row('peak memory', 'MiB', (of) => of.peakBytes, { kind: 'share', limit: MEMORY_SHARE }),
        ours: small.captured.peakBytes,
      },
      alone(
        'captured lines, 10,000,000 x 5',
        's',
        median(large.captured.seconds),
        LARGE_FACTOR * median(small.captured.seconds),
        'limit: 12 times the above',
      ),
      alone('peak memory', 'MiB', large.captured.peakBytes, LARGE_BYTES, ''),
    ];
  },
};

async function checkRows(directory: string, rows: number, repeats: number, withPeer: boolean) {
  await mkdir(directory);
  const { jsonBytes, reference } = reportOf(
    await runScript('bench/processes/drift-data.ts', [directory, String(rows)]),
  ) as DriftData;
  const args = [directory, String(repeats)];
  const checked = reportOf(await runScript('bench/processes/drift-check.ts', args)) as DriftChecked;
  const captured = reportOf(
    await runScript('bench/processes/drift-captured.ts', [...args, JSON.stringify(reference)]),
  ) as DriftCaptured;
  const run = withPeer ? await runPeer('drift_check.py', args) : null;
  await rm(directory, { recursive: true });
  return { checked, captured, jsonBytes, peer: run === null ? null : (reportOf(run) as DriftChecked) };
}

/** Columns whose verdict is not the same, or that one of the two does not have. */
function differing(ours: DriftChecked, peer: DriftChecked): string[] {
  const columns = new Set([...Object.keys(ours.drifted), ...Object.keys(peer.drifted)]);
  return [...columns].filter((column) => ours.drifted[column] !== peer.drifted[column]);
}
