import { mkdir, readdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { PORTABLE_FILES } from '../contracts/results.js';
import { lineFault } from '../contracts/text.js';
import { isAboveChance } from '../model/chance.js';
import { pointersOf, registrationsOf, versionsIn } from '../registry/history.js';
import type { LogEntry, ModelRegistry, ModelVersion, TrafficShare } from '../registry/registry.js';
import type { ArtifactStore } from '../store/artifacts.js';
import { isMissing, writeFileAtomic } from '../store/files.js';
import { findOneVersion } from './versions.js';

/** A version in the list of all. */
export interface ModelRow {
  model: string;
  version: number;
  aliases: string[];
  /** Where it answers now, and what share of the requests: `anemia-detection:live 100 %`. */
  serves: string[];
  candidate: string;
  rocAuc: number | null;
  /** Whether the whole interval of the ROC AUC lies above 0.5, what guessing reaches; `null` when nothing is known of it. */
  aboveChance: boolean | null;
  /** `gone` when its record is, though the log knows that it was registered. */
  gate: 'passed' | 'refused' | 'gone';
  createdAt: string;
  sha256: string;
  workflowId: string;
}

/** Every registered version but those written off, newest first within a model. */
export async function listModels(registry: ModelRegistry): Promise<ModelRow[]> {
  const rows: ModelRow[] = [];
  for (const model of await registry.models()) {
    const log = await registry.log(model);
    const pointers = [...pointersOf(log)];
    const traffic = servingNow(log);
    const there = new Map((await registry.versions(model)).map((entry) => [entry.version, entry]));
    for (const number of versionsIn(log).reverse())
      rows.push({
        ...(there.has(number) ? rowOf(there.get(number)!) : goneRow(model, number, log)),
        aliases: pointers.filter(([, version]) => version === number).map(([alias]) => alias),
        serves: traffic.filter(({ version }) => version === number).map(({ where }) => where),
      });
  }
  return rows;
}

/** Which version answers behind which function and alias now. */
function servingNow(log: LogEntry[]): { version: number | null; where: string }[] {
  const latest = new Map<string, TrafficShare[]>(
    log.flatMap((entry) => (entry.event === 'traffic' ? [[entry.target, entry.shares] as const] : [])),
  );
  return [...latest].flatMap(([target, shares]) =>
    shares.map(({ version, percent }) => ({ version, where: `${target} ${percent} %` })),
  );
}

type Row = Omit<ModelRow, 'aliases' | 'serves'>;

/** What the log knows of a version whose record is gone. */
function goneRow(model: string, version: number, log: LogEntry[]): Row {
  const { at, digests, run } = registrationsOf(log).get(version)!;
  const [workflowId = ''] = run.split('/');
  return {
    model,
    version,
    candidate: '-',
    rocAuc: null,
    aboveChance: null,
    gate: 'gone',
    createdAt: at,
    sha256: digests.model,
    workflowId,
  };
}

const rowOf = (entry: ModelVersion): Row => ({
  model: entry.name,
  version: entry.version,
  candidate: entry.lineage.candidate,
  rocAuc: entry.crossValidated.rocAuc.value,
  aboveChance: isAboveChance(entry.crossValidated.rocAuc),
  gate: entry.gate.passed ? 'passed' : 'refused',
  createdAt: entry.createdAt,
  sha256: entry.model.sha256,
  workflowId: entry.lineage.workflowId,
});

export interface WriteOffOptions {
  model: string;
  because: string;
  /** The user of the operating system by default. */
  by?: string;
}

/** A version that is lost for good. */
export interface WrittenOff {
  model: string;
  version: number;
  /** Those that pointed at it, and are now no version. */
  aliases: string[];
}

/**
 * Says in the log that a version is lost for good, so that training goes on without it. What serves keeps serving.
 * @throws PipelineFailure when there never was such a version, or it is there
 */
export async function writeOff(
  registry: ModelRegistry,
  version: number,
  { model, because, by = userInfo().username }: WriteOffOptions,
): Promise<WrittenOff> {
  const fault = lineFault('--because', because) ?? lineFault('--by', by);
  if (fault !== null) throw new Error(fault);
  const before = pointersOf(await registry.log(model));
  await registry.writeOff(model, { version, by, proof: 'claimed', reason: because });
  return { model, version, aliases: [...before].flatMap(([alias, at]) => (at === version ? [alias] : [])) };
}

export interface ExportOptions {
  to: string;
  model?: string;
}

/** Where the files of a version are now. */
export interface ExportedVersion {
  name: string;
  version: number;
  /** Absolute path. */
  directory: string;
  files: string[];
}

/**
 * Writes the files of a version into a directory, every one checked against its hash.
 * @throws Error when the directory holds something or the version has no such files
 */
export async function exportVersion(
  registry: ModelRegistry,
  store: ArtifactStore,
  text: string,
  options: ExportOptions,
): Promise<ExportedVersion> {
  const found = await findOneVersion(registry, text, options.model);
  const { name, version, model, portable } = await registry.version(found.name, found.version);
  if (portable === null)
    throw new Error(
      `${name} version ${version} is of a learner that is not built in, or was registered before models had portable files: train it again with a built-in kind.`,
    );
  const directory = resolve(options.to);
  if (!(await isFree(directory)))
    throw new Error(`${directory} is not empty: give --to a directory that is new or empty.`);
  // All are read and checked before the first is written.
  const files = await Promise.all(
    Object.entries({ 'model.json': model, ...portable }).map(
      async ([file, ref]) => [file, await store.get(ref)] as const,
    ),
  );
  await mkdir(directory, { recursive: true });
  for (const [file, bytes] of files) await writeFileAtomic(join(directory, file), bytes);
  return { name, version, directory, files: ['model.json', ...PORTABLE_FILES] };
}

async function isFree(directory: string): Promise<boolean> {
  try {
    return (await readdir(directory)).length === 0;
  } catch (error) {
    if (isMissing(error)) return true;
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR')
      throw new Error(`${directory} is a file: give --to a directory that is new or empty.`, { cause: error });
    throw error;
  }
}
