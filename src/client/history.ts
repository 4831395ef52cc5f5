import type { LogEntry, ModelRegistry } from '../registry/registry.js';
import { servedAt } from '../registry/served.js';

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
