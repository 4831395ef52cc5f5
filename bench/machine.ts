import { availableParallelism, cpus, loadavg } from 'node:os';
import { readCommit } from '../src/compose/commit.js';
import { readConfig } from '../src/config/config.js';

/** What results were measured on, and of which code. */
export interface Machine {
  cores: number;
  processor: string;
  /** Version of Node, like `v20.20.2`. */
  node: string;
  /** Mean number of processes that wanted a core in the minute before. */
  loadBefore: number;
  /** Every time is the median of so many. */
  repeats: number;
  /** Day in UTC, like `2026-11-24`. */
  date: string;
  /** First digits of the Git commit, marked `-dirty` where tracked files differ from it; `unknown` outside of a checkout. */
  commit: string;
}

const DIGITS = 9;

export function thisMachine(repeats: number): Machine {
  const commit = readCommit(readConfig());
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    node: process.version,
    loadBefore: loadavg()[0]!,
    repeats,
    date: new Date().toISOString().slice(0, 10),
    commit: commit?.replace(/^[0-9a-f]+/, (digits) => digits.slice(0, DIGITS)) ?? 'unknown',
  };
}
