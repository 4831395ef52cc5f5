import { type CommandTable, newCommand } from '../command-table.js';

export const command = newCommand('models').description(
  'registered versions: list them, follow one back to where it came from, compare two, export one, write off one that is lost',
);

export const commands: CommandTable = {
  list: () => import('./models/list.js'),
  show: () => import('./models/show.js'),
  compare: () => import('./models/compare.js'),
  export: () => import('./models/export.js'),
  'write-off': () => import('./models/write-off.js'),
  import: () => import('./models/import.js'),
};

/** What names a version, for those that take one. */
export const VERSION = 'version number, alias like champion, or the first 6 or more digits of the hash in an answer';

export const MODEL = ['--model <name>', 'which model, where several have such a version'] as const;
