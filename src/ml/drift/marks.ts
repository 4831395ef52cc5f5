/** Most marks within a cell: all values of one with up to twelve rows. */
const MOST_MARKS = 10;
/** A place is one of so many between a cell's ends. */
const PLACES = 64 * 64;
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Characters of a mark. */
const LENGTH = 2;

/** Characters of a cell's marks; none where its ends and mean tell all values. @param width of the cell */
export const marksLength = (rows: number, width: number): number =>
  rows <= 3 || width === 0 ? 0 : LENGTH * Math.min(MOST_MARKS, rows - 2);

/** Which of the values between the ends mark number `j` of `marks` is. */
const rankOf = (j: number, marks: number, inner: number): number => Math.floor(((j + 0.5) * inner) / marks);

/** Places of values between the ends of a cell, evenly spaced by rank. @param cell ascending */
export function marksOf(cell: Float64Array): string {
  const low = cell[0]!;
  const width = cell[cell.length - 1]! - low;
  const marks = marksLength(cell.length, width) / LENGTH;
  let text = '';
  for (let j = 0; j < marks; j++) {
    const value = cell[1 + rankOf(j, marks, cell.length - 2)]!;
    const place = Math.round(((value - low) / width) * (PLACES - 1));
    text += DIGITS[Math.floor(place / 64)]! + DIGITS[place % 64]!;
  }
  return text;
}

/**
 * Values between the ends of a cell as its marks tell them: those that are marked, others evenly between.
 * @param marks of the cell, as `marksOf` wrote them
 * @param inner rows between the two at the ends
 * @returns each less the cell's least value
 */
export function markedPlaces(marks: string, inner: number, width: number): number[] {
  const count = marks.length / LENGTH;
  const places = Array.from({ length: count }, (_, j) => {
    const [high, low] = [marks[LENGTH * j]!, marks[LENGTH * j + 1]!];
    return (width * (DIGITS.indexOf(high) * 64 + DIGITS.indexOf(low))) / (PLACES - 1);
  });
  const ranks = [-1, ...places.map((_, j) => rankOf(j, count, inner)), inner];
  const values = [0, ...places, width];
  let next = 1;
  return Array.from({ length: inner }, (_, i) => {
    while (ranks[next]! < i) next++;
    const [before, after] = [ranks[next - 1]!, ranks[next]!];
    return values[next - 1]! + ((values[next]! - values[next - 1]!) * (i - before)) / (after - before);
  });
}
