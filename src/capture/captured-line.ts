import type { RequestFault } from '../contracts/requests.js';
import { HEAD_CHARACTERS, type LineHead, parseLine, readHead } from './prediction-line.js';
import type { Layout, RowBuffer } from './row-buffer.js';

/** Rows that a line brought, and how they lie; `layout` is `null` for a line without inputs. */
export interface LineRows {
  count: number;
  layout: Layout | null;
}

/**
 * One line of a captured file. Its head is read at once and its rows when they are wanted, so that lines of other models,
 * versions and times cost little.
 */
export class CapturedLine {
  /** `null` when the line is no record of a request. */
  readonly head: LineHead | null;
  private readonly parsed: ReturnType<typeof parseLine> = null;

  /** `start` to `end` without the line break. */
  constructor(
    private readonly bytes: Buffer,
    private readonly start: number,
    private readonly end: number,
  ) {
    this.head = readHead(bytes.toString('latin1', start, Math.min(end, start + HEAD_CHARACTERS)));
    if (this.head === null) this.head = this.parsed = this.parse();
  }

  /** What was wrong with a refused request; `null` when the line is broken, or of no refused request. */
  faults(): RequestFault[] | null {
    const line = this.parsed ?? this.parse();
    return line?.type === 'refusal' ? line.faults : null;
  }

  /** Writes the rows behind those of `buffer` without counting them there; `null` when the line is broken. */
  readInto(buffer: RowBuffer): LineRows | null {
    const line = this.parsed ?? this.parse();
    if (line?.type !== 'prediction') return null;
    const { inputs, predictions, scores } = line;
    buffer.reserve(scores.length);
    const { rows, columns } = buffer;
    const layout = inputs && buffer.layoutOf(inputs.features);
    if (inputs && layout)
      for (const [j, target] of layout.targets.entries()) {
        const column = columns[target];
        if (column) for (let i = 0; i < scores.length; i++) column[rows + i] = inputs.rows[i]![j] ?? NaN;
      }
    buffer.blank(layout, scores.length);
    buffer.scores.set(scores, rows);
    buffer.predictions.set(predictions, rows);
    return { count: scores.length, layout };
  }

  private parse(): ReturnType<typeof parseLine> {
    return parseLine(this.bytes.toString('utf8', this.start, this.end));
  }
}
