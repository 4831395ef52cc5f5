import { userInfo } from 'node:os';
import { programCommand } from '../contracts/commands.js';
import { lineFault } from '../contracts/text.js';
import { pointersOf } from '../registry/history.js';
import type { ModelRegistry } from '../registry/registry.js';

export interface WriteOffOptions {
  model: string;
  because: string;
  by?: string;
}

/**
 * Says in the log that a version is lost for good, so that training goes on without it. What serves keeps serving.
 * @returns what that means, in a sentence
 * @throws PipelineFailure when there never was such a version, or it is there
 */
export async function writeOff(
  registry: ModelRegistry,
  text: string,
  { model, because, by = userInfo().username }: WriteOffOptions,
): Promise<string> {
  const version = Number(text);
  if (!(Number.isInteger(version) && version > 0))
    throw new Error(
      `What is written off is no version number: give one that ${programCommand('models')} calls gone, like 3.`,
    );
  const fault = lineFault('--because', because) ?? lineFault('--by', by);
  if (fault !== null) throw new Error(fault);
  const before = pointersOf(await registry.log(model));
  await registry.writeOff(model, { version, by, proof: 'claimed', reason: because });
  const taken = [...before].flatMap(([alias, at]) => (at === version ? [alias] : []));
  const aliases = taken.length === 0 ? '' : ` It was ${taken.join(' and ')}, which is now no version.`;
  return `Version ${version} of ${model} is written off.${aliases} What serves keeps serving.`;
}
