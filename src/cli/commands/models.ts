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
