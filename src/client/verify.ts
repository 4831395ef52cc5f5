import { PipelineFailure } from '../contracts/failures.js';
import { APPROVERS_LOG } from '../registry/refusals.js';
import { type Check, verifyModel, type VerifyPorts } from '../registry/verify.js';

/** What was checked of models, by name, and of approvers, by the name of their log; `trouble` is the first that is wrong, in a sentence, `null` for none. */
export interface Verified {
  models: Record<string, Check[]>;
  trouble: string | null;
}

/** Checks the logs of all models and of approvers, or of one model, with all that they vouch for. Asks neither a worker nor Temporal. */
export async function verifyLogs(ports: VerifyPorts, model?: string): Promise<Verified> {
  const known = await ports.registry.models();
  const anchored = (await ports.anchor?.models()) ?? [];
  const all = [...new Set([...known, ...anchored])].filter((name) => name !== APPROVERS_LOG).sort();
  if (model !== undefined && !all.includes(model))
    throw new Error(`There is no model ${model}; known are ${all.join(', ') || 'none'}.`);
  const models: Verified['models'] = {};
  if (model === undefined) {
    const approvers = await verifyModel(ports, APPROVERS_LOG);
    const unused = approvers.every(({ what, found, intact }) => intact && (what !== 'entries' || found === 'none'));
    if (!unused) models[APPROVERS_LOG] = approvers;
  }
  for (const name of model === undefined ? all : [model]) models[name] = await verifyModel(ports, name);
  const wrong = Object.values(models)
    .flat()
    .find(({ intact }) => !intact);
  return { models, trouble: wrong?.found ?? null };
}

/** @throws PipelineFailure `LogTampered` when something is wrong */
export function requireIntact({ trouble }: Verified): void {
  if (trouble !== null) throw new PipelineFailure('LogTampered', trouble);
}
