import { PipelineFailure } from '../contracts/failures.js';
import type { Objects } from '../store/objects.js';
import { chained, type Head, parsed, requireHeads, seal, START, type Tampered } from './chain.js';
import { textOf, untilWon } from './compare-and-set.js';
import type { Cause, LogEntry, RegistryEvent } from './registry.js';

const logOf = (model: string) => `${model}/promotions.jsonl`;
const headOf = (model: string) => `${model}/promotions.head.json`;

interface Tagged<T> {
  value: T;
  /** `null` when there is no object yet. */
  tag: string | null;
}

/**
 * The hash-chained log of a model in two objects, the same as the files of `event-log.ts`: lines and head. Writers need
 * no lock: each writes over the state it read, and the log is at most one entry ahead of its head.
 * @param where address of the objects, for messages
 */
export function createObjectLog(objects: Objects, where: string) {
  async function readHead(model: string): Promise<Tagged<Head>> {
    const found = await objects.get(headOf(model));
    if (found === null) return { value: START, tag: null };
    const { sequence, hash } = parsed(textOf(found.bytes)) ?? {};
    if (!Number.isSafeInteger(sequence) || sequence! < 1 || typeof hash !== 'string')
      throw tamperedAt(where, model)(1, 'cannot be checked, as promotions.head.json is not the head of a log');
    return { value: { sequence: sequence!, hash }, tag: found.tag };
  }

  /** Moves the head on; another writer may have done so. */
  const writeHead = (model: string, { sequence, hash }: Head, tag: string | null) =>
    put(headOf(model), `${JSON.stringify({ sequence, hash })}\n`, tag);

  const put = (key: string, text: string, tag: string | null) =>
    objects.put(key, Buffer.from(text), tag === null ? 'when-absent' : { whenTag: tag });

  async function readLines(
    model: string,
  ): Promise<{ text: string; tag: string | null; log: LogEntry[]; head: Tagged<Head> }> {
    const before = await readHead(model);
    const found = await objects.get(logOf(model));
    const text = found === null ? '' : textOf(found.bytes);
    const lines = text.split('\n');
    const last = lines.pop();
    const log = chained(last === '' ? lines : [...lines, last!], tamperedAt(where, model));
    const head = await readHead(model);
    requireHeads(log, before.value, head.value, tamperedAt(where, model));
    return { text, tag: found?.tag ?? null, log, head };
  }

  return {
    /** Every entry, checked against the chain and its head. @throws PipelineFailure `LogTampered` */
    read: async (model: string): Promise<LogEntry[]> => (await readLines(model)).log,

    /**
     * Appends the event that `decide` makes of the log as it is, with no other writer in between; `null` appends none.
     * May be called more than once.
     */
    append: (
      model: string,
      at: () => Date,
      decide: (log: LogEntry[]) => (RegistryEvent & Cause) | null,
    ): Promise<void> =>
      untilWon(`The log of model ${model}`, async () => {
        const { text, tag, log, head } = await readLines(model);
        const event = decide(log);
        if (event === null) return { won: undefined };
        const last: Head = log.at(-1) ?? START;
        if (head.value.sequence > last.sequence) return null; // written between the two reads
        const known = head.value.sequence === last.sequence ? head.tag : await writeHead(model, last, head.tag);
        if (known === null && last.sequence > 0) return null;
        const next = seal(event, last, at());
        if ((await put(logOf(model), `${text}${next.line}\n`, tag)) === null) return null;
        await writeHead(model, next.head, known);
        return { won: undefined };
      }),
  };
}

const tamperedAt =
  (where: string, model: string): Tampered =>
  (line, what) =>
    new PipelineFailure(
      'LogTampered',
      `The log of model ${model} was tampered with: line ${line} of ${where}/${logOf(model)} ${what}; restore it and ` +
        'promotions.head.json beside it from a backup or from older versions of the objects (what serves keeps serving).',
    );
