import { PipelineFailure } from '../contracts/failures.js';
import { chained, type Head, parsed, requireHeads, START, type Tampered } from './chain.js';
import type { LogEntry } from './registry.js';

/** Names of a model's log, a line an entry, and of what its last writer knew of its end. */
export const LOG_FILE = 'promotions.jsonl';
export const HEAD_FILE = 'promotions.head.json';

/** What was read of a log, and its head as it was before and after. */
export interface LogTexts {
  before: string;
  lines: string[];
  after: string;
}

/** The entries of a model's log, every one checked. @throws PipelineFailure `LogTampered` */
export function checkedLog(name: string, { before, lines, after }: LogTexts): LogEntry[] {
  const head = headIn(name, before);
  const log = chained(lines, tamperedIn(name));
  requireHeads(log, head, headIn(name, after), tamperedIn(name));
  return log;
}

/** The head that a text holds; an empty one is that of an empty log. @throws PipelineFailure `LogTampered` */
export function headIn(name: string, text: string): Head {
  if (text === '') return START;
  const { sequence, hash } = parsed(text) ?? {};
  if (Number.isSafeInteger(sequence) && sequence! > 0 && typeof hash === 'string') return { sequence: sequence!, hash };
  throw tamperedIn(name)(1, `cannot be checked, as ${HEAD_FILE} is not the head file of a log`);
}

export const headText = ({ sequence, hash }: Head): string => `${JSON.stringify({ sequence, hash })}\n`;

const tamperedIn =
  (name: string): Tampered =>
  (line, what) =>
    new PipelineFailure(
      'LogTampered',
      `The log of model ${name} was tampered with: line ${line} of its ${LOG_FILE} ${what}; restore ` +
        `${LOG_FILE} and ${HEAD_FILE} from a backup (what serves keeps serving).`,
    );
