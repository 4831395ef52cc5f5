/**
 * Physical line of each record. Stores only where the lines jump, so a regular file of any length takes one entry.
 */
export class LineMap {
  private readonly indices: number[] = [];
  private readonly lines: number[] = [];

  /** Records come in order, index by index. */
  add(index: number, line: number): void {
    const last = this.indices.length - 1;
    if (last >= 0 && line - this.lines[last]! === index - this.indices[last]!) return;
    this.indices.push(index);
    this.lines.push(line);
  }

  /** Line of the record with this index, from 0. */
  lineOf(index: number): number {
    let low = 0;
    let high = this.indices.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.indices[middle]! <= index) low = middle;
      else high = middle - 1;
    }
    return this.lines[low]! + index - this.indices[low]!;
  }
}
