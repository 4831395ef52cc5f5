import Table from 'cli-table3';
import { shownBy } from '../contracts/identity.js';
import { printableAll } from '../contracts/printable.js';
import { shortDigest } from '../contracts/text.js';
import { secondText } from '../contracts/time.js';
import type { LogEntry, ModelRegistry } from '../registry/registry.js';
import { servedAt } from '../registry/served.js';
import { readTime } from './times.js';

interface Asked {
  model?: string;
  at?: string;
}

/** What happened to models, or what served at a time, for people and for programs. */
export async function tellHistory(
  registry: ModelRegistry,
  { model, at }: Asked,
): Promise<{ text: string; json: unknown }> {
  const known = await registry.models();
  if (model !== undefined && !known.includes(model))
    throw new Error(`There is no model ${model}; known are ${known.join(', ') || 'none'}.`);
  const time = at === undefined ? null : wholeSecond(readTime('--at', at));
  const logs: [string, LogEntry[]][] = [];
  for (const name of model === undefined ? known : [model]) {
    logs.push([name, await registry.log(name)]);
    await registry.versions(name); // which are what the log says, or that is told
  }
  const shown = printableAll(logs);
  if (logs.length === 0) return { text: 'No model is registered yet.', json: time === null ? {} : [] };
  if (time !== null) return { text: tellServed(shown, time).text, json: tellServed(logs, time).json };
  return { text: shown.map(([name, log]) => logTable(name, log)).join('\n\n'), json: Object.fromEntries(logs) };
}

/** The end of a second: times are shown without their milliseconds, and one that was shown finds its own entry. */
const wholeSecond = (time: Date) => (time.getMilliseconds() === 0 ? new Date(time.getTime() + 999) : time);

function tellServed(logs: [string, LogEntry[]][], time: Date) {
  const json = logs.flatMap(([model, log]) =>
    targetsOf(log).map((target) => ({ model, target, served: servedAt(log, target, time) })),
  );
  const lines = json.map(({ model, target, served }) =>
    served === null || served.shares.length === 0
      ? `${target}  nothing of ${model} served`
      : `${target}  ${served.shares.map((share) => describeShare(model, share)).join(' and ')}, since ${secondText(served.since)}, by ${shownBy(served.by, served.proof)}: ${served.reason}`,
  );
  return { text: lines.join('\n') || 'Nothing was deployed yet.', json };
}

const targetsOf = (log: LogEntry[]) => [
  ...new Set(log.flatMap((entry) => (entry.event === 'traffic' ? [entry.target] : []))),
];

export function logTable(model: string, log: LogEntry[]): string {
  const table = new Table({
    head: ['#', 'time (UTC)', 'what', 'by', 'why'],
    style: { head: [], border: [], compact: true },
    colWidths: [null, null, 40, 26, 32],
    wordWrap: true,
  });
  for (const entry of log)
    table.push([entry.sequence, secondText(entry.at), describe(entry), shownBy(entry.by, entry.proof), entry.reason]);
  const head = shortDigest(log.at(-1)?.hash ?? 'none');
  return `${model}: ${counted(log.length, 'entry', 'entries')}, the chain of hashes is whole, its head is ${head}\n${table.toString()}`;
}

function describe(entry: LogEntry): string {
  switch (entry.event) {
    case 'alias':
      return entry.version === null
        ? `${entry.alias} removed`
        : `${entry.alias} is version ${entry.version}${entry.previous === null ? '' : `, was ${entry.previous}`}`;
    case 'gate':
      return `gate ${entry.passed ? 'passed' : 'refused'} version ${entry.version}`;
    case 'decision':
      return `version ${entry.version} ${entry.decision}`;
    case 'traffic':
      return entry.shares.length === 0
        ? `${entry.target} taken away`
        : `${entry.target} serves ${entry.shares.map(({ version, percent }) => `version ${version ?? 'unknown'} ${percent} %`).join(', ')}`;
    case 'forgotten':
      return `prediction forgotten: ${counted(entry.lines, 'captured line')}, ${counted(entry.labels, 'label')}`;
    case 'begun':
      return 'log begun';
    case 'registered':
      return `version ${entry.version} registered (${shortDigest(entry.digests[entry.version]!.model)})`;
    case 'written-off':
      return `version ${entry.version} written off`;
    case 'rolled-back':
      return `version ${entry.version} rolled back from ${entry.target}`;
    case 'approver':
      return entry.publicKey === null
        ? `the key of ${entry.name} is taken away`
        : `${entry.name} has the key ${entry.publicKey}`;
  }
}

const counted = (count: number, one: string, more = `${one}s`) => `${count} ${count === 1 ? one : more}`;

const describeShare = (model: string, { version, functionVersion, percent }: Share) =>
  `${percent} % ${version === null ? 'an unknown version' : `${model} version ${version}`} (function version ${functionVersion})`;

type Share = Extract<LogEntry, { event: 'traffic' }>['shares'][number];
