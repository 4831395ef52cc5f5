import Table from 'cli-table3';
import { type Budget, ratioOf, type Row, type Unit, verdictOf } from './row.js';

const SHOW: Record<Unit, (value: number) => string> = {
  s: (value) => `${value.toFixed(2)} s`,
  ms: (value) => `${value.toFixed(1)} ms`,
  KB: (bytes) => `${(bytes / 1000).toFixed(1)} KB`,
  MiB: (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`,
  count: String,
  'per s': (value) => `${value.toFixed(0)} per s`,
  AUC: (value) => value.toFixed(4),
  'per quarter': (value) => `${value.toFixed(2)} a quarter`,
  h: (value) => `${value.toFixed(0)} h`,
};

/** The rows as a table for people, with the notes below. */
export function tableOf(rows: Row[]): string {
  const table = new Table({
    head: ['bench', 'what', 'ours', 'peer', 'ratio', 'budget', 'verdict'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', 'right', 'right', 'right', 'left', 'left'],
  });
  for (const row of rows) {
    const show = SHOW[row.unit];
    const peer = row.peer === null ? '' : `${show(row.peer.value)} ${row.peer.name}`;
    table.push([row.bench, row.what, show(row.ours), peer, ratio(row), budget(row), verdictOf(row)]);
  }
  const notes = rows.filter(({ note }) => note !== '').map(({ bench, what, note }) => `  ${bench}, ${what}: ${note}`);
  return [table.toString(), ...notes].join('\n');
}

function ratio(row: Row): string {
  const value = ratioOf(row);
  if (value === null) return '';
  if (value === 0) return '';
  return row.unit !== 'AUC' && value < 0.9 ? `1/${(1 / value).toFixed(1)}` : value.toFixed(3);
}

function budget({ budget, unit }: Row): string {
  if (budget === null) return '';
  const show = SHOW[unit];
  const words: Record<Budget['kind'], (limit: number) => string> = {
    most: show,
    share: (limit) => `1/${1 / limit} of peer`,
    above: (limit) => (limit === 0 ? 'not more than peer' : `peer + ${show(limit)}`),
    below: (limit) => `peer - ${show(limit)}`,
  };
  return words[budget.kind](budget.limit);
}
