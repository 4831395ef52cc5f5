import Table from 'cli-table3';
import { shownBy } from '../contracts/identity.js';
import { secondText } from '../contracts/time.js';
import type { Approver } from '../registry/approvers.js';
import type { LogEntry } from '../registry/registry.js';
import { logTable } from './history.js';

/** Whose signatures count, and the log of that. @param own names that have a private key on this machine */
export function approversText(known: Approver[], log: LogEntry[], own: string[]): string {
  if (log.length === 0)
    return 'Nobody has a key yet: npm run approvers -- add NAME makes one, and what it signs is proved.';
  const table = new Table({
    head: ['name', 'public key', 'since (UTC)', 'enrolled by', 'private key'],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, publicKey, since, cause } of known)
    table.push([
      ...[name, publicKey, secondText(since), shownBy(cause.by, cause.proof)],
      own.includes(name) ? 'on this machine' : 'elsewhere',
    ]);
  return `${known.length === 0 ? 'Nobody has a key now.' : table.toString()}\n\n${logTable('approvers', log)}`;
}
