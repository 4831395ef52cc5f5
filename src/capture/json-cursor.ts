const MINUS = 45;
const PLUS = 43;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const LARGE_E = 69;
const SMALL_E = 101;

/** Digits that always fit into 32-bit integer arithmetic. */
const SMALL_DIGITS = 9;
/** Every power of ten up to this one is a double without rounding. */
const EXACT_POWERS = 22;
const POWERS = Float64Array.from({ length: EXACT_POWERS + 1 }, (_, exponent) => Number(`1e${exponent}`));
/** Integers above this one are not all doubles. */
const EXACT = Number.MAX_SAFE_INTEGER;
/** 2^27 + 1 splits a double into halves whose products are exact (T. J. Dekker, Numer. Math. 18, 1971). */
const SPLITTER = 134_217_729;
/** Far above the error of the quotient's second part, far below what decides most roundings. */
const DOUBT = 1e-6;

/** Reads along bytes of JSON. */
export class JsonCursor {
  constructor(
    public bytes: Buffer,
    /** Position of the next byte. */
    public at: number,
  ) {}

  /** Steps over `text` (ASCII) when it stands here. */
  skip(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.bytes[this.at + i] !== text.charCodeAt(i)) return false;
    this.at += text.length;
    return true;
  }

  /**
   * Steps over a number and gives it, rounded exactly as `Number` rounds its text; NaN when none stands here. Up to
   * 2^53 one division of exact doubles rounds correctly (W. D. Clinger, How to read floating point numbers accurately,
   * 1990); more digits, up to 18 places, take a division in double-double arithmetic; the rest is left to `Number`.
   */
  number(): number {
    const { bytes, at } = this;
    let next = at;
    let byte = bytes[next]!;
    const negative = byte === MINUS;
    if (negative) byte = bytes[++next]!;
    const first = next;
    let whole = 0;
    for (; byte >= ZERO && byte <= NINE; byte = bytes[++next]!) whole = whole * 10 + (byte - ZERO);
    if (next === first || (next - first > 1 && bytes[first] === ZERO)) return NaN;
    let value = whole <= EXACT ? whole : NaN;
    if (byte === DOT) {
      const point = ++next;
      byte = bytes[next]!;
      let high = 0;
      for (; next < point + SMALL_DIGITS && byte >= ZERO && byte <= NINE; byte = bytes[++next]!)
        high = (high * 10 + (byte - ZERO)) | 0;
      const behind = next;
      let low = 0;
      for (; next < behind + SMALL_DIGITS && byte >= ZERO && byte <= NINE; byte = bytes[++next]!)
        low = (low * 10 + (byte - ZERO)) | 0;
      if (next === point) return NaN;
      if (byte >= ZERO && byte <= NINE) value = NaN;
      else value = fraction(whole * POWERS[behind - point]! + high, next - behind, low, next - point);
      while (byte >= ZERO && byte <= NINE) byte = bytes[++next]!;
    }
    if (byte === SMALL_E || byte === LARGE_E) {
      byte = bytes[++next]!;
      if (byte === PLUS || byte === MINUS) byte = bytes[++next]!;
      const exponent = next;
      while (byte >= ZERO && byte <= NINE) byte = bytes[++next]!;
      if (next === exponent) return NaN;
      value = NaN;
    }
    this.at = next;
    if (Number.isNaN(value)) return Number(bytes.toString('latin1', at, next));
    return negative ? -value : value;
  }
}

/** (high * 10^digits + low) / 10^places, correctly rounded; NaN when this cannot be told. */
function fraction(high: number, digits: number, low: number, places: number): number {
  if (high > EXACT) return NaN;
  const shifted = high * POWERS[digits]!;
  if (shifted + low <= EXACT) return (shifted + low) / POWERS[places]!;
  return divided(high, POWERS[digits]!, low, POWERS[places]!);
}

/** (a * b + c) / d with a remainder kept exactly; NaN when the rounding hangs on less than the remainder's own error. */
function divided(a: number, b: number, c: number, d: number): number {
  const product = a * b;
  const sum = product + c;
  const added = sum - product;
  const lost = productError(a, b, product) + (product - (sum - added) + (c - added));
  const quotient = sum / d;
  const back = quotient * d;
  const rest = (sum - back - productError(quotient, d, back) + lost) / d;
  const least = quotient + rest * (1 - DOUBT);
  return least === quotient + rest * (1 + DOUBT) ? least : NaN;
}

/** a * b - product, exactly. */
function productError(a: number, b: number, product: number): number {
  const aSplit = SPLITTER * a;
  const aHigh = aSplit - (aSplit - a);
  const aLow = a - aHigh;
  const bSplit = SPLITTER * b;
  const bHigh = bSplit - (bSplit - b);
  const bLow = b - bHigh;
  return aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow;
}
