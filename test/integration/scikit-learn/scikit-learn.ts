import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serviceProgram } from '../services.js';

/** Runs a task of scikit_learn.py in a directory of its own: what goes in and comes out is told there. */
export async function askScikitLearn<Answer>(task: string, directory: string, question: unknown): Promise<Answer> {
  await writeFile(join(directory, `${task}.json`), JSON.stringify(question));
  const script = join(import.meta.dirname, 'scikit_learn.py');
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  await promisify(execFile)(serviceProgram('python'), [script, task, directory], { env });
  return JSON.parse(await readFile(join(directory, `${task}-found.json`), 'utf8')) as Answer;
}
