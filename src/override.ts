/** One `--set`: the keys from the outside in, and the text behind the equals sign. */
export interface Override {
  keys: string[];
  value: string;
}

/** A key in brackets, in quotes or a number; or a plain one, where a backslash takes the next character as it is. */
const KEY = /\[\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\d+))\s*\]|((?:[^.[\]=\\]|\\.)+)/y;

/**
 * Reads `key.path=value`. A key that holds a dot, a bracket or an equals sign is written in brackets and quotes,
 * `target.labels["1.0"]=1`, or with a backslash before the sign, `target.labels.1\.0=1`; `candidates[1]` is
 * `candidates.1`.
 * @returns `null` when the text has another form
 */
export function parseOverride(text: string): Override | null {
  const keys: string[] = [];
  let at = 0;
  for (;;) {
    KEY.lastIndex = at;
    const match = KEY.exec(text);
    if (match === null) return null;
    const [whole, double, single, index, plain] = match;
    if (plain !== undefined && keys.length > 0 && text[at - 1] !== '.') return null;
    keys.push((double ?? single ?? index ?? plain)!.replace(/\\(.)/g, '$1'));
    at += whole.length;
    const sign = text[at];
    if (sign === '=') return { keys, value: text.slice(at + 1) };
    if (sign === '.') at += 1;
    else if (sign !== '[') return null;
  }
}
