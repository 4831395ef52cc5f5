import { newCommand } from '../command-table.js';

export const command = newCommand('worker')
  .description('run a worker alone')
  .action(async () => {
    await import('../../worker.js'); // which is a program of its own
  });
