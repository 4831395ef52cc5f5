#!/usr/bin/env node
import { type CommandTable, runCommandLine } from './cli/command-table.js';

/** Every command, in the order of the help. */
const COMMANDS: CommandTable = {
  'start-pipeline': () => import('./cli/commands/start-pipeline.js'),
  status: () => import('./cli/commands/status.js'),
  cancel: () => import('./cli/commands/cancel.js'),
  models: () => import('./cli/commands/models.js'),
  history: () => import('./cli/commands/history.js'),
  approve: () => import('./cli/commands/approve.js'),
  reject: () => import('./cli/commands/reject.js'),
  approvers: () => import('./cli/commands/approvers.js'),
  rollback: () => import('./cli/commands/rollback.js'),
  'drift-check': () => import('./cli/commands/drift-check.js'),
  schedules: () => import('./cli/commands/schedules.js'),
  feedback: () => import('./cli/commands/feedback.js'),
  forget: () => import('./cli/commands/forget.js'),
  prune: () => import('./cli/commands/prune.js'),
  predict: () => import('./cli/commands/predict.js'),
  stack: () => import('./cli/commands/stack.js'),
  stop: () => import('./cli/commands/stop.js'),
  'codec-server': () => import('./cli/commands/codec-server.js'),
  'lambda-endpoint': () => import('./cli/commands/lambda-endpoint.js'),
  worker: () => import('./cli/commands/worker.js'),
};

void runCommandLine(COMMANDS, process.argv.slice(2));
