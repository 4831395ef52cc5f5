import { PipelineFailure } from '../contracts/failures.js';
import { chained, type LogOwner, parsed, requireSigned, type Tampered } from './chain.js';
import type { LogEntry } from './registry.js';

/** Names of a model's log, a line an entry, and of its head: the last line, which is written there first. */
export const LOG_FILE = 'promotions.jsonl';
export const HEAD_FILE = 'promotions.head.json';

/** What was read of a log, and its head as it was before and after. */
export interface LogTexts {
  before: string;
  lines: string[];
  after: string;
}

/** A log as it was when its head was read. */
export interface ReadLog {
  log: LogEntry[];
  /** The last line, which the log lacks: its writer was killed, or has yet to append it. */
  pending: string | null;
}

/**
 * The entries of a model's log up to its head, every one checked. An entry counts from the moment that it is the head, so
 * that the log may lack just that one, and has none that no head was before.
 * @throws PipelineFailure `LogTampered`
 */
export async function checkedLog(owner: LogOwner, { before, lines, after }: LogTexts): Promise<ReadLog> {
  const tampered = tamperedIn(owner.name);
  const head = lineIn(before);
  const end = sequenceIn(before, tampered);
  const pending = head !== null && lines.length === end - 1 ? head : null;
  const log = chained(pending === null ? lines : [...lines, pending], tampered);
  if (log.length < end) throw tampered(log.length + 1, `is missing, as the head is entry ${end}`);
  const known = Math.max(end, sequenceIn(after, tampered));
  if (log.length > known) throw tampered(known + 1, 'was appended though no head says so');
  if (pending === null && end > 0 && lines[end - 1] !== head) throw tampered(end, 'is not the one that the head has');
  const last = log[end - 1];
  if (last !== undefined) await requireSigned(owner, last, tampered);
  return { log: log.slice(0, end), pending };
}

/** The line that a head holds, `null` for that of an empty log. */
const lineIn = (text: string): string | null => (text === '' ? null : text.replace(/\n$/, ''));

/** The number of the entry that a head is, 0 for that of an empty log. @throws what `tampered` makes */
function sequenceIn(text: string, tampered: Tampered): number {
  if (text === '') return 0;
  const { sequence } = parsed(text) ?? {};
  if (Number.isSafeInteger(sequence) && sequence! > 0) return sequence!;
  throw tampered(1, `cannot be checked, as ${HEAD_FILE} is not the head of a log`);
}

export const tamperedIn =
  (name: string): Tampered =>
  (line, what) =>
    new PipelineFailure(
      'LogTampered',
      `The log of model ${name} was tampered with: line ${line} of its ${LOG_FILE} ${what}; restore ` +
        `${LOG_FILE} and ${HEAD_FILE} from a backup (what serves keeps serving).`,
    );
