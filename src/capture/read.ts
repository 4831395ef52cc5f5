import type { WindowSummary } from '../contracts/monitoring.js';
import { RowBuffer } from './row-buffer.js';
import { forEachPrediction, type WindowQuery } from './scan.js';

export interface ReadWindow extends WindowQuery {
  /** SHA-256 of the version that is checked. */
  sha256: string;
  /** The model's features. */
  features: readonly string[];
}

/** Rows of a window, all columns of the same length; views of buffers that are larger. */
export interface WindowRows {
  summary: WindowSummary;
  /** By feature name; NaN where a value is missing or was not captured. */
  features: Map<string, Float64Array>;
  /** Probabilities of the positive class, in [0, 1]. */
  scores: Float64Array;
  /** 0 or 1. */
  predictions: Uint8Array;
}

/**
 * Reads what a version of a model predicted in a window. Lines that are no prediction record are counted and left out,
 * lines delivered twice count once, and rows of other versions are counted only.
 * @throws what `forEachPrediction` throws, and what the source does
 */
export async function readWindow({ sha256, features, ...query }: ReadWindow): Promise<WindowRows> {
  const own = new RowBuffer(features);
  const other = new RowBuffer([]);
  const others = new Map<string, WindowSummary['otherVersions'][number]>();
  const missing = new Set<string>();
  const unknown = new Set<string>();
  let withoutInputs = 0;

  const { brokenLines } = await forEachPrediction(query, (line, head) => {
    const isOwn = head.sha256 === sha256;
    const rows = line.readInto(isOwn ? own : other);
    if (rows === null) return false;
    if (!isOwn) {
      const { version } = head;
      const counted = others.get(`${version} ${head.sha256}`) ?? { version, sha256: head.sha256, rows: 0 };
      counted.rows += rows.count;
      others.set(`${version} ${head.sha256}`, counted);
      return true;
    }
    own.rows += rows.count;
    if (rows.layout === null) withoutInputs += rows.count;
    for (const name of rows.layout?.missing ?? []) missing.add(name);
    for (const name of rows.layout?.unknown ?? []) unknown.add(name);
    return true;
  });

  const { rows } = own;
  return {
    summary: {
      ...query.window,
      rows,
      otherVersions: [...others.values()].sort((a, b) => a.version - b.version || (a.sha256 < b.sha256 ? -1 : 1)),
      brokenLines,
      withoutInputs,
      unknownFeatures: [...unknown].sort(),
      missingFeatures: features.filter((name) => missing.has(name)),
    },
    features: new Map(features.map((name, j) => [name, own.columns[j]!.subarray(0, rows)])),
    scores: own.scores.subarray(0, rows),
    predictions: own.predictions.subarray(0, rows),
  };
}
