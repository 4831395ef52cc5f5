import type { WindowSummary, WindowRequests } from '../contracts/monitoring.js';
import type { RequestFault } from '../contracts/requests.js';
import { type CapturedLine, RowBuffer, type LineHead } from './prediction-line.js';
import { forEachRecord, type WindowQuery } from './scan.js';

interface ReadWindow extends WindowQuery {
  /** SHA-256 of the version that is checked. */
  sha256: string;
  /** The model's features. */
  features: readonly string[];
}

/** Rows of a window; columns are views of buffers that are larger. */
export interface WindowRows {
  summary: WindowSummary;
  requests: WindowRequests;
  /** By feature name, of the rows captured with their inputs: NaN where a value is missing. */
  features: Map<string, Float64Array>;
  /** Probabilities of the positive class, in [0, 1], of all rows. */
  scores: Float64Array;
  /** 0 or 1. */
  predictions: Uint8Array;
}

/**
 * Reads what a version of a model predicted in a window. Lines that are no record of a request are counted and left
 * out, lines delivered twice count once, and rows of other versions are counted only.
 * @throws what `forEachRecord` throws, and what the source does
 */
export async function readWindow({ sha256, features, ...query }: ReadWindow): Promise<WindowRows> {
  const own = new RowBuffer(features);
  const other = new RowBuffer([]);
  const others = new Map<string, WindowSummary['otherVersions'][number]>();
  const missing = new Set<string>();
  const unknown = new Set<string>();
  /** Rows without inputs, as stretches of [start, end). */
  const bare: [start: number, end: number][] = [];

  const requests = new RequestCounts(features);

  const predicted = (line: CapturedLine, head: LineHead): boolean => {
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
    if (head.offset === 0) requests.answered++;
    if (rows.layout === null) bare.push([own.rows, own.rows + rows.count]);
    own.rows += rows.count;
    for (const name of rows.layout?.missing ?? []) missing.add(name);
    for (const name of rows.layout?.unknown ?? []) unknown.add(name);
    return true;
  };
  const refused = (line: CapturedLine, head: LineHead): boolean => {
    const faults = line.faults();
    if (faults !== null && head.sha256 === sha256) requests.addRefused(faults);
    return faults !== null;
  };
  const { brokenLines, goneFiles } = await forEachRecord(query, predicted, refused);

  const { rows } = own;
  const counted = requests.summary();
  const withoutInputs = bare.reduce((sum, [start, end]) => sum + end - start, 0);
  return {
    requests: counted,
    summary: {
      ...query.window,
      rows,
      otherVersions: [...others.values()].sort((a, b) => a.version - b.version || (a.sha256 < b.sha256 ? -1 : 1)),
      brokenLines,
      ...(goneFiles > 0 && { goneFiles }),
      requests: counted,
      withoutInputs,
      unknownFeatures: [...unknown].sort(),
      missingFeatures: features.filter((name) => missing.has(name)),
    },
    features: new Map(features.map((name, j) => [name, withoutRows(own.columns[j]!.subarray(0, rows), bare)])),
    scores: own.scores.subarray(0, rows),
    predictions: own.predictions.subarray(0, rows),
  };
}

/** Closes the gaps that rows without inputs left, in place. */
function withoutRows(column: Float64Array, bare: readonly [start: number, end: number][]): Float64Array {
  let kept = 0;
  let from = 0;
  for (const [start, end] of [...bare, [column.length, column.length] as const]) {
    column.copyWithin(kept, from, start);
    kept += start - from;
    from = end;
  }
  return column.subarray(0, kept);
}

/** Counts the requests of a window, and what was wrong with those that were refused. */
class RequestCounts {
  answered = 0;
  private refused = 0;
  private readonly faults = new Map<string, WindowRequests['faults'][number]>();

  /** @param features names that may be told; a fault of any other is told without it */
  constructor(private readonly features: readonly string[]) {}

  /** Counts one refused request. */
  addRefused(faults: readonly RequestFault[]): void {
    this.refused++;
    const reported = faults.map(({ reason, feature }): [string, RequestFault] => {
      const known = feature !== null && this.features.includes(feature) ? feature : null;
      return [JSON.stringify([reason, known]), { reason, feature: known }];
    });
    for (const [key, fault] of new Map(reported)) {
      const counted = this.faults.get(key) ?? { ...fault, requests: 0 };
      counted.requests++;
      this.faults.set(key, counted);
    }
  }

  summary(): WindowRequests {
    const faults = [...this.faults].sort(([a, x], [b, y]) => y.requests - x.requests || (a < b ? -1 : 1));
    return {
      total: this.answered + this.refused,
      refused: this.refused,
      faults: faults.map(([, fault]) => fault),
    };
  }
}
