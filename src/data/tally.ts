/** Lines shown for each reason of rejection. */
export const LINES_SHOWN = 20;

/** Counts rows at fault and remembers the first few lines. */
export class Tally {
  rows = 0;
  readonly lines: number[] = [];

  add(line: number): void {
    this.rows += 1;
    if (this.lines.length < LINES_SHOWN) this.lines.push(line);
  }
}
