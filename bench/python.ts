import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, type Run, runProgram } from './measure.js';

/** Stands in the notes of rows that have no peer for this reason. */
export const NOT_INSTALLED = 'peer not installed: npm run services:install';

const BINARY = process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python';
const INTERPRETER = join(ROOT, '.services', 'venv', BINARY);

/** Settings that make numpy choose slower kernels than the machine has. */
const SLOWING = ['OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE'];

/** One thread each, as ours; nothing is sent anywhere while it is measured. */
const SETTINGS = {
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
  MLFLOW_DISABLE_TELEMETRY: 'true',
  DO_NOT_TRACK: '1',
  GIT_PYTHON_REFRESH: 'quiet',
  PYTHONWARNINGS: 'ignore',
};

/** Runs a script of `bench/peers`; `null` when the packages of the peers are not installed. */
export async function runPeer(script: string, args: string[]): Promise<Run | null> {
  if (!existsSync(INTERPRETER)) return null;
  const inherited = Object.entries(process.env).filter(([name]) => !SLOWING.includes(name));
  return runProgram(INTERPRETER, [join('bench', 'peers', script), ...args], {
    ...Object.fromEntries(inherited),
    ...SETTINGS,
  });
}
