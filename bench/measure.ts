import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The package's directory; every measured process runs in it. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface Run {
  /** From the start of the process to its end. */
  seconds: number;
  stdout: string;
}

/**
 * Runs a program to its end.
 * @throws Error with its last words when it ends with another code than 0
 */
export function runProgram(command: string, args: string[], env: NodeJS.ProcessEnv = process.env): Promise<Run> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
    child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve({ seconds: (performance.now() - startedAt) / 1000, stdout });
      else
        reject(new Error(`${[command, ...args].join(' ')} ended with code ${code ?? 'none'}:\n${stderr.slice(-2000)}`));
    });
  });
}

/** Runs a TypeScript file of this package as a process of its own. */
export const runScript = (script: string, args: string[], env?: NodeJS.ProcessEnv): Promise<Run> =>
  runProgram(process.execPath, ['--import', 'tsx', script, ...args], env);

/** What a measuring process reports: one JSON document on its last line. The caller knows its shape. */
export const reportOf = ({ stdout }: Run): unknown => JSON.parse(stdout.trimEnd().split('\n').at(-1)!);

/** Does it several times, one after the other. */
export async function repeated<T>(times: number, act: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let i = 0; i < times; i++) results.push(await act());
  return results;
}

/** @throws RangeError for no values */
export function median(values: number[]): number {
  if (values.length === 0) throw new RangeError('there is no median of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The most memory that a process ever held, in bytes: Linux's `VmHWM`, `null` elsewhere. */
export function peakMemoryOf(pid: number | 'self'): number | null {
  if (process.platform !== 'linux') return null;
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

/** The same of this process. `maxRSS` is the second choice, since a child's starts from its parent's. */
export const peakMemory = (): number => peakMemoryOf('self') ?? process.resourceUsage().maxRSS * 1024;

export const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** As many at a time as there are processors. */
export async function inTurns<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const turn = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, turn));
}
