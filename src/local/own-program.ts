import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Arguments of Node that start this program with a command: compiled, or from its sources, which are transpiled as they load. */
export function ownProgram(...command: string[]): string[] {
  const extension = extname(import.meta.url);
  const entry = fileURLToPath(new URL(`../client${extension}`, import.meta.url));
  const { execArgv } = process;
  const transpiled = extension !== '.ts' || execArgv.some((argument) => argument.includes('tsx'));
  return [...execArgv, ...(transpiled ? [] : ['--import', transpiler()]), entry, ...command];
}

/** The word a worker sends its parent once it polls. */
export const WORKER_READY = 'worker-ready';

/** By its path, so that it is found from any working directory. */
const transpiler = (): string => pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
