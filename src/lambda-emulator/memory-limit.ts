import { readFile } from 'node:fs/promises';

const LOOK_EVERY_MS = 100;

/** MiB that Node itself takes in a child; the limit of a function is about what its code takes. */
const RUNTIME_MIB = 64;

/**
 * Looks at a process's memory as the system counts it, buffers included, which V8's limit on its heap leaves out.
 * Only Linux tells; elsewhere that limit is the only one.
 * @param limitMiB what the code may take
 * @returns ends the watch
 */
export function watchMemory(pid: number, limitMiB: number, onExceeded: () => void): () => void {
  const timer = setInterval(() => {
    void residentMiB(pid).then((found) => {
      if (found > limitMiB + RUNTIME_MIB) onExceeded();
    });
  }, LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
}

/** 0 where it is unknown. */
async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
}
