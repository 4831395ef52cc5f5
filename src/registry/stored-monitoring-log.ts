import type { CheckEntry, RetrainingEntry, RetrainingFailure } from '../contracts/monitoring.js';
import { retryOnConflict, ConflictError, type Objects } from '../store/objects.js';
import type { Claim, Delivery, MonitoringLog, MonitoringTarget, Retrainings } from './monitoring-log.js';
import { recorded } from './refusals.js';

const NO_RETRAININGS: Retrainings = { entries: [], pause: null, failures: [] };

/**
 * Monitoring log beside the registry's objects, below `<model>/monitoring/<function>.<alias>/`: `checks/`
 * and `looks/`, which only grow, `retrainings.json` and `deliveries.json`, each put only over the state that was read.
 */
export function createMonitoringLog(objects: Objects): MonitoringLog {
  const linesOf = (target: MonitoringTarget, folder: string) =>
    createLines(objects, `${monitoringFolder(target)}/${folder}`);
  const retrainingsOf = (target: MonitoringTarget) => `${monitoringFolder(target)}/retrainings.json`;
  const deliveriesOf = (target: MonitoringTarget) => `${monitoringFolder(target)}/deliveries.json`;
  const change = async (
    target: MonitoringTarget,
    edit: (known: Retrainings) => Retrainings | null,
  ): Promise<Retrainings> => changeRecord(objects, retrainingsOf(target), NO_RETRAININGS, edit);

  /** Appends what `judge` makes of the entries before it, unless the run is among them. */
  const conclude = async (
    target: MonitoringTarget,
    { folder, run, latest }: { folder: 'checks' | 'looks'; run: string; latest: number },
    judge: (earlier: CheckEntry[]) => CheckEntry,
  ): Promise<CheckEntry> => {
    const lines = linesOf(target, folder);
    return retryOnConflict(`the ${folder} of ${target.model}`, async () => {
      const { lines: read, end } = await lines.latest(latest);
      const earlier = read.flatMap(entryIn);
      const known = earlier.find((check) => check.run === run);
      if (known !== undefined) return known;
      const check = judge(earlier);
      await lines.append(end, JSON.stringify(check));
      return check;
    });
  };

  const latestOf = async (target: MonitoringTarget, folder: string, latest: number) =>
    (await linesOf(target, folder).latest(latest)).lines.flatMap(entryIn);

  return {
    concludeCheck: (target, run, latest, judge) => conclude(target, { folder: 'checks', run, latest }, judge),

    async recordDryRun(target, dryRun) {
      await conclude(target, { folder: 'looks', run: dryRun.run, latest: RECENT_DRY_RUNS }, () => dryRun);
    },

    checks: (target, latest) => latestOf(target, 'checks', latest),
    dryRuns: (target, latest) => latestOf(target, 'looks', latest),
    retrainings: async (target) => readRecord(objects, retrainingsOf(target), NO_RETRAININGS),

    async claimRetraining(target, entry, judge) {
      let claim: Claim = { allowed: true };
      await change(target, (known) => {
        const claimed = known.entries.some(({ run }) => run === entry.run);
        claim = claimed ? { allowed: true } : judge(known);
        return claimed || !claim.allowed ? null : { ...known, entries: [...known.entries, entry] };
      });
      return claim;
    },

    finishRetraining: (target, run, outcome) =>
      change(target, (known) => {
        if (known.entries.every((entry) => entry.run !== run || entry.outcome === outcome)) return null;
        return { ...known, entries: known.entries.map((entry) => (entry.run === run ? { ...entry, outcome } : entry)) };
      }),

    async withdrawRetraining(target, run) {
      await change(target, (known) => ({ ...known, entries: withoutClaim(known.entries, run) }));
    },

    async recordPause(target, pause) {
      await change(target, (known) => ({ ...known, pause }));
    },

    async recordFailure(target, failure) {
      await change(target, (known) => ({ ...known, failures: withFailure(known.failures, failure) }));
    },

    delivered: async (target) => readRecord<Delivery[]>(objects, deliveriesOf(target), []),

    async recordDelivery(target, delivery) {
      await changeRecord<Delivery[]>(objects, deliveriesOf(target), [], (known) => withDelivery(known, delivery));
    },
  };
}

/** Folder of what monitoring writes down of a target. @throws Error for a name that could be another folder */
function monitoringFolder({ model, functionName, alias }: MonitoringTarget): string {
  if (![model, functionName, alias].every((part) => /^[A-Za-z0-9_-]{1,128}$/.test(part)))
    throw new Error('Names of models, functions and aliases have letters, digits, hyphens and underscores.');
  return `${model}/monitoring/${functionName}.${alias}`;
}

/** A dry run that is recorded again is one of so many latest. */
const RECENT_DRY_RUNS = 20;

/** Deliveries of alerts that are remembered; an episode is over long before. */
const DELIVERIES = 200;

/** Failures that are remembered; more than sinks are told of at once. */
const FAILURES = 10;

/** The check that a line holds; what a killed writer left of a line is none. */
function entryIn(line: string): CheckEntry[] {
  try {
    return [JSON.parse(line) as CheckEntry];
  } catch {
    return [];
  }
}

/** The deliveries with this one as the latest. */
function withDelivery(known: Delivery[], delivery: Delivery): Delivery[] {
  const others = known.filter(({ alert, sink }) => alert !== delivery.alert || sink !== delivery.sink);
  return [...others, delivery].slice(-DELIVERIES);
}

/** The entries without the one that this run has claimed and not ended. */
function withoutClaim(entries: RetrainingEntry[], claimedBy: string): RetrainingEntry[] {
  return entries.filter(({ run, outcome }) => run !== claimedBy || outcome !== null);
}

/** The failures with this one as the latest, unless the run is among them. */
function withFailure(known: RetrainingFailure[], failure: RetrainingFailure): RetrainingFailure[] {
  return known.some(({ run }) => run === failure.run) ? known : [...known, failure].slice(-FAILURES);
}

/** One value in an object, with a number that counts its states: no state, and so no tag, comes a second time. */
interface Revised<T> {
  revision: number;
  value: T;
}

/** @throws PipelineFailure `ArtifactCorrupt` when the object was damaged */
async function readRecord<T>(objects: Objects, key: string, empty: T): Promise<T> {
  return (await revisedAt<T>(objects, key))?.value ?? empty;
}

/**
 * Changes the value, with no other writer in between; `edit` may be asked again. It gives the new value, or `null` to
 * leave all as it is.
 * @returns the value that is there now
 */
function changeRecord<T>(objects: Objects, key: string, empty: T, edit: (known: T) => T | null): Promise<T> {
  return retryOnConflict(key, async () => {
    const found = await revisedAt<T>(objects, key);
    const known = found?.value ?? empty;
    const value = edit(known);
    if (value === null) return known;
    const next: Revised<T> = { revision: (found?.revision ?? 0) + 1, value };
    const bytes = Buffer.from(`${JSON.stringify(next, null, 2)}\n`);
    const tag = await objects.put(key, bytes, found === null ? 'when-absent' : { whenTag: found.tag });
    if (tag === null) throw new ConflictError();
    return value;
  });
}

async function revisedAt<T>(objects: Objects, key: string): Promise<(Revised<T> & { tag: string }) | null> {
  const found = await objects.get(key);
  if (found === null) return null;
  return { ...(recorded(Buffer.from(found.bytes).toString('utf8'), key) as Revised<T>), tag: found.tag };
}

/** Lines of one object; more begin another, so that a write stays small however many there are. */
const LINES = 100;
const DIGITS = 10;

/** Lines that only grow, in objects `<folder>/0000000001.jsonl` and so on. */
interface Lines {
  /** The latest lines, at most so many, oldest first, and what appending to just them takes. */
  latest(count: number): Promise<{ lines: string[]; end: End }>;
  /** Appends behind the end that was read. @throws ConflictError when another writer was faster */
  append(end: End, line: string): Promise<void>;
}

/** The newest object as it was read; number 0 when there is none. */
interface End {
  number: number;
  text: string;
  tag: string;
}

function createLines(objects: Objects, folder: string): Lines {
  const keyOf = (number: number) => `${folder}/${String(number).padStart(DIGITS, '0')}.jsonl`;

  const read = async (number: number): Promise<End> => {
    const found = await objects.get(keyOf(number));
    // One that went is as one without lines: it cannot be put over.
    return { number, text: found === null ? '' : Buffer.from(found.bytes).toString('utf8'), tag: found?.tag ?? '' };
  };

  return {
    async latest(count) {
      const known = (await objects.list(`${folder}/`)).flatMap((key) => /\/(\d{10})\.jsonl$/.exec(key)?.[1] ?? []);
      const numbers = known.map(Number).sort((a, b) => b - a);
      const end = numbers[0] === undefined ? { number: 0, text: '', tag: '' } : await read(numbers[0]);
      let lines = linesOf(end.text);
      for (const number of numbers.slice(1)) {
        if (lines.length >= count) break;
        lines = [...linesOf((await read(number)).text), ...lines];
      }
      return { lines: lines.slice(-count), end };
    },

    async append({ number, text, tag }, line) {
      const full = number === 0 || linesOf(text).length >= LINES;
      const written = full
        ? await objects.put(keyOf(number + 1), Buffer.from(`${line}\n`), 'when-absent')
        : await objects.put(keyOf(number), Buffer.from(`${ended(text)}${line}\n`), { whenTag: tag });
      if (written === null) throw new ConflictError();
    },
  };
}

/** On a line of its own, whatever is before it. */
const ended = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);

const linesOf = (text: string): string[] => text.split('\n').filter(Boolean);
