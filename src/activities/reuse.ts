import type { ArtifactRef } from '../contracts/values.js';
import { sha256Of } from '../store/files.js';
import type { InputOf, OutputOf, TaskId } from '../compute/tasks/index.js';
import type { Ports } from './ports.js';

/** A step's result and whether an earlier run had computed it. */
export interface Step<T> {
  reused: boolean;
  result: T;
}

/** What steps are computed with, and kept in. */
export type StepPorts = Pick<Ports, 'store' | 'codeVersion' | 'compute' | 'running'>;

/**
 * Computes a step, or gives the result of an earlier run with the same inputs. A remembered result counts only while
 * every artifact it refers to is intact.
 *
 * @param step name and version; raise the version when the step's code changes its results
 * @param inputs JSON-safe values that decide the result: definition parts and hashes
 */
export async function computeOnce<T>(
  { store, codeVersion }: Pick<StepPorts, 'store' | 'codeVersion'>,
  step: string,
  inputs: unknown,
  reuse: boolean,
  compute: () => Promise<T>,
): Promise<Step<T>> {
  const key = sha256Of(JSON.stringify([step, codeVersion, inputs]));
  if (reuse) {
    const known = await store.read(key);
    const intact =
      known !== null && (await Promise.all(artifactsIn(known).map((ref) => store.has(ref)))).every(Boolean);
    if (intact) return { reused: true, result: known as T };
  }
  const result = await compute();
  await store.write(key, result);
  return { reused: false, result };
}

/** The same for a task, which names and versions the step. */
export const computeTask = <K extends TaskId>(
  ports: StepPorts,
  task: K,
  input: InputOf<K>,
  reuse: boolean,
): Promise<Step<OutputOf<K>>> =>
  computeOnce(ports, task, input, reuse, () => ports.compute.run(task, input, ports.running()));

function artifactsIn(value: unknown): ArtifactRef[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('uri' in value && 'sha256' in value && 'bytes' in value) return [value as ArtifactRef];
  return Object.values(value).flatMap(artifactsIn);
}
