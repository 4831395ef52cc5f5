import Table from 'cli-table3';
import wrapAnsi from 'wrap-ansi';
import { shownBy } from '../../contracts/identity.js';
import { counted, shortDigest, secondText } from '../../contracts/text.js';
import type { LogEntry } from '../../registry/registry.js';

/** Lines longer than this are hard to read; a hash behind its label needs 78. */
const MAX_WIDTH = 100;

type Options = NonNullable<ConstructorParameters<typeof Table>[0]>;

/** A table in plain colours, without lines between its rows. */
export const tableOf = (head: string[], options: Pick<Options, 'colAligns' | 'colWidths' | 'wordWrap'> = {}) =>
  new Table({ head, style: { head: [], border: [], compact: true }, ...options });

/** How wide a text may be on this terminal. */
const textWidth = (most = MAX_WIDTH): number => Math.min(process.stdout.columns || most, most);

/** Wrapped at the terminal's width where there are spaces, later lines below the first letter. */
export const wrapped = (text: string, indent = 0, most = MAX_WIDTH): string =>
  wrapAnsi(text, textWidth(most) - indent).replaceAll('\n', `\n${' '.repeat(indent)}`);

/** A log that was found whole, for people. @param model whose it is */
export function logTable(model: string, log: LogEntry[]): string {
  const table = tableOf(['#', 'time (UTC)', 'what', 'by', 'why'], {
    colWidths: [null, null, 40, 26, 32],
    wordWrap: true,
  });
  for (const entry of log)
    table.push([entry.sequence, secondText(entry.at), describe(entry), shownBy(entry.by, entry.proof), entry.reason]);
  const head = shortDigest(log.at(-1)?.hash ?? 'none');
  return `${model}: ${counted(log.length, 'entry', 'entries')}, the chain of hashes is whole, its head is ${head}\n${table.toString()}`;
}

function describe(entry: LogEntry): string {
  switch (entry.event) {
    case 'alias':
      return entry.version === null
        ? `${entry.alias} removed`
        : `${entry.alias} is version ${entry.version}${entry.previous === null ? '' : `, was ${entry.previous}`}`;
    case 'gate':
      return `gate ${entry.passed ? 'passed' : 'refused'} version ${entry.version}`;
    case 'decision':
      return `version ${entry.version} ${entry.decision}`;
    case 'traffic':
      return entry.shares.length === 0
        ? `${entry.target} taken away`
        : `${entry.target} serves ${entry.shares.map(({ version, percent }) => `version ${version ?? 'unknown'} ${percent} %`).join(', ')}`;
    case 'forgotten':
      return `prediction forgotten: ${counted(entry.lines, 'captured line')}, ${counted(entry.labels, 'label')}`;
    case 'begun':
      return 'log begun';
    case 'registered':
      return `version ${entry.version} registered (${shortDigest(entry.digests[entry.version]!.model)})`;
    case 'written-off':
      return `version ${entry.version} written off`;
    case 'rolled-back':
      return `version ${entry.version} rolled back from ${entry.target}`;
    case 'approver':
      return entry.publicKey === null
        ? `the key of ${entry.name} is taken away`
        : `${entry.name} has the key ${entry.publicKey}`;
  }
}
