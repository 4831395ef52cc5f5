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

/**
 * Sets a value in a parsed definition, making the objects on the way that are missing. Only a definition's own keys are
 * walked: nothing that all objects inherit is reached, and a list grows by one at most.
 * @param text JSON, or else a string as it is
 * @returns false, with nothing changed, when the keys name no place in it
 */
export function setAt(raw: unknown, keys: string[], text: string): boolean {
  let parent = raw;
  let value: unknown = jsonOrText(text);
  for (const [depth, key] of keys.entries()) {
    if (!isContainer(parent) || !isOwnPlace(parent, key)) return false;
    const rest = keys.slice(depth + 1);
    if (rest.length > 0 && Object.hasOwn(parent, key)) {
      parent = parent[key];
      continue;
    }
    if (rest.some((name) => name in Object.prototype)) return false;
    for (const name of rest.reverse()) value = { [name]: value };
    parent[key] = value;
    return true;
  }
  return false;
}

const isContainer = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Of a list its items and the place behind them; of an object what is its own, or could be without being inherited. */
const isOwnPlace = (parent: object, key: string): boolean =>
  Array.isArray(parent)
    ? /^\d{1,6}$/.test(key) && Number(key) <= parent.length
    : key !== '__proto__' && (Object.hasOwn(parent, key) || !(key in Object.prototype));

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text; // a bare word is a string
  }
}
