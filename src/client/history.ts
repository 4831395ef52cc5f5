import { PipelineFailure } from '../contracts/failures.js';
import { APPROVERS_LOG } from '../registry/refusals.js';
import type { LogEntry, ModelRegistry } from '../registry/registry.js';
import { servedAt } from '../registry/served.js';
import { type Check, verifyModel, type VerifyPorts } from '../registry/verify.js';

/** What served behind an alias of a function at a time; `null` where nothing of the model had been put there yet. */
export interface ServedThere {
  model: string;
  target: string;
  served: ReturnType<typeof servedAt>;
}

/** Logs by the names of their models, of one or of all. @throws PipelineFailure when a log is not whole, or versions are not what it says */
export async function readLogs(registry: ModelRegistry, model?: string): Promise<[model: string, log: LogEntry[]][]> {
  const known = await registry.models();
  if (model !== undefined && !known.includes(model))
    throw new Error(`There is no model ${model}; known are ${known.join(', ') || 'none'}.`);
  const logs: [string, LogEntry[]][] = [];
  for (const name of model === undefined ? known : [model]) {
    logs.push([name, await registry.log(name)]);
    await registry.versions(name); // which are what the log says, or that is told
  }
  return logs;
}

/** What served at a time, by logs of {@link readLogs}. */
export const servedBy = (logs: [string, LogEntry[]][], time: Date): ServedThere[] =>
  logs.flatMap(([model, log]) =>
    targetsOf(log).map((target) => ({ model, target, served: servedAt(log, target, time) })),
  );

const targetsOf = (log: LogEntry[]) => [
  ...new Set(log.flatMap((entry) => (entry.event === 'traffic' ? [entry.target] : []))),
];

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
