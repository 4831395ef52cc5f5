/** What stands where it does not belong. It may not come back in a message. */
export const MARK = "1 END; COPY (SELECT 'secret-value') TO '/tmp/loot.csv'; --";

type Key = string | number;
type Json = Record<Key, unknown>;

/** Parts that may be left out. */
const OPTIONAL =
  /(^|\.)(keepSchedules|functionVersion|expected|undo|again|requests|asked|origin|proof|deciders|origin\.claim|versions\.\d+|minimum\.\w+)$/;

/** Parts that hold any plain data, because nothing acts on them. */
const FREE = /^input(\.|$)|^(status\.)?(leaderboard|trials)\.\d+\.options\.|^chosen\.options\./;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** An input with each part in turn replaced by something of another type, left out, or given a part too many. */
export function* rubbishOf(example: unknown): Iterable<{ what: string; input: unknown }> {
  for (const wrong of [null, undefined, MARK, 7, [], [MARK], { [MARK]: MARK }]) yield { what: 'all', input: wrong };
  for (const path of pathsOf(example)) {
    const what = path.join('.');
    if (FREE.test(what)) continue;
    const at = (change: (holder: Json, key: Key) => void) => {
      const input = structuredClone(example) as Json;
      const holder = path.slice(0, -1).reduce((inner, key) => inner[key] as Json, input);
      change(holder, path.at(-1)!);
      return input;
    };
    const value = path.reduce<unknown>((inner, key) => (inner as Json)[key], example);
    yield { what: `${what} as an object`, input: at((holder, key) => (holder[key] = { [MARK]: [MARK] })) };
    if (typeof value === 'string') yield { what: `${what} as a number`, input: at((holder, key) => (holder[key] = 7)) };
    if (typeof value === 'number' || typeof value === 'boolean')
      yield { what: `${what} as a text`, input: at((holder, key) => (holder[key] = MARK)) };
    if (typeof path.at(-1) === 'string' && !OPTIONAL.test(what))
      yield { what: `without ${what}`, input: at((holder, key) => void Reflect.deleteProperty(holder, key)) };
    if (isObject(value) && !Array.isArray(value))
      yield { what: `${what} with too much`, input: at((holder, key) => ((holder[key] as Json)[MARK] = MARK)) };
  }
  yield { what: 'too much', input: { ...(example as Json), [MARK]: MARK } };
}

/** Where values are, of lists the first place only. */
function pathsOf(value: unknown): Key[][] {
  if (!isObject(value)) return [];
  const keys: Key[] = Array.isArray(value) ? (value.length > 0 ? [0] : []) : Object.keys(value);
  return keys.flatMap((key) => [[key], ...pathsOf(value[key]).map((path) => [key, ...path])]);
}
