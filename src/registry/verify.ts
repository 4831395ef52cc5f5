import type { ArtifactRef } from '../contracts/values.js';
import { type FailureType, PipelineFailure } from '../contracts/failures.js';
import { counted } from '../contracts/text.js';
import type { ArtifactStore } from '../store/artifacts.js';
import { type Anchor, requireAnchored } from './stored-anchor.js';
import { signedText } from './event-log.js';
import { registrationsOf } from './history.js';
import { fingerprintOf, type LogKey } from './log-key.js';
import { APPROVERS_LOG } from './refusals.js';
import type { LogEntry, ModelRegistry, ModelVersion } from './registry.js';

/** One thing that was checked of a model. */
export interface Check {
  what: 'entries' | 'head' | 'signatures' | 'anchor' | 'versions' | 'files';
  /** What was found, or what is wrong, for people. */
  found: string;
  intact: boolean;
}

/** What is checked, and by what. */
export interface VerifyPorts {
  registry: ModelRegistry;
  store: ArtifactStore;
  key: LogKey;
  /** `null` where heads are kept nowhere else. */
  anchor: Anchor | null;
  /** What a version consists of, by names for people. */
  artifactsOf: (version: ModelVersion) => Record<string, ArtifactRef>;
  /** Which of these another store may have, where a version was trained. */
  elsewhere: readonly string[];
}

/** Checks all that the log of a model, or of approvers, vouches for, down to the bytes of the files; when the log is not whole, that alone. */
export async function verifyModel(ports: VerifyPorts, name: string): Promise<Check[]> {
  const { registry, key } = ports;
  let log: LogEntry[];
  try {
    log = await registry.log(name);
  } catch (error) {
    return [wrong('entries', error)];
  }
  const last = log.at(-1);
  const { check, versions } = await versionsCheck(registry, name, log);
  return [
    right('entries', last === undefined ? 'none' : `${log.length}, each with the hash of the one before`),
    right('head', last === undefined ? 'none' : `entry ${last.sequence}, ${last.hash}`),
    await signaturesCheck(key, name, log),
    await anchorCheck(ports, name),
    ...(name === APPROVERS_LOG ? [] : [check]),
    ...(name !== APPROVERS_LOG && (check.intact || versions.length > 0) ? [await filesCheck(ports, versions)] : []),
  ];
}

async function signaturesCheck(key: LogKey, name: string, log: LogEntry[]): Promise<Check> {
  for (const entry of log) {
    const trouble = await key.troubleWith(signedText(name, entry), entry.signature);
    if (trouble !== null)
      return { what: 'signatures', found: `Entry ${entry.sequence} of the log of ${name} ${trouble}.`, intact: false };
  }
  const own = await key.fingerprint();
  const named = [...new Set(log.map(({ signature }) => fingerprintOf(signature.key)))].map(
    (fingerprint) => `${fingerprint} (${fingerprint === own ? 'of this store' : 'by MLOPS_LOG_TRUST'})`,
  );
  return right('signatures', `${log.length} by key ${named.join(' and ') || own}`);
}

async function anchorCheck({ registry, key, anchor }: VerifyPorts, name: string): Promise<Check> {
  if (anchor === null)
    return right('anchor', 'none (MLOPS_ANCHOR): a registry put back to an earlier state would not be noticed');
  try {
    const head = await requireAnchored(anchor, key, name, () => registry.log(name));
    return right(
      'anchor',
      head === null
        ? `nothing at ${anchor.place} yet; the next entry is the first there`
        : `entry ${head.sequence} is the one at ${anchor.place}`,
    );
  } catch (error) {
    return wrong('anchor', error);
  }
}

async function versionsCheck(registry: ModelRegistry, name: string, log: LogEntry[]) {
  const versions: ModelVersion[] = [];
  let writtenOff = 0;
  let trouble: Check | null = null;
  for (const [version, registration] of registrationsOf(log)) {
    if (registration.writtenOff) {
      writtenOff++;
      continue;
    }
    try {
      versions.push(await registry.version(name, version));
    } catch (error) {
      trouble ??= wrong('versions', error);
    }
  }
  const rest = writtenOff === 0 ? '' : `, ${writtenOff} written off`;
  const whole = versions.length === 1 ? 'record and its model are' : 'records and their models are';
  const others = name === APPROVERS_LOG ? [] : await registry.unregistered(name);
  const found = `${versions.length} ${whole} what was registered${rest}${unregisteredText(others)}`;
  const check = right('versions', found);
  return { check: trouble ?? check, versions };
}

/** Numbers that are named; where there are more, the others are counted. */
const MOST_NAMED = 5;

function unregisteredText(numbers: number[]): string {
  if (numbers.length === 0) return '';
  const more = numbers.length > MOST_NAMED ? ` and ${numbers.length - MOST_NAMED} more` : '';
  const named = `${numbers.slice(0, MOST_NAMED).join(', ')}${more}`;
  return numbers.length === 1
    ? `; besides, the record of a version ${named} is there that the log does not have: put there by hand, or of a writer that was killed; it is no version, and nothing serves it`
    : `; besides, ${numbers.length} records of versions (${named}) are there that the log does not have: put there by hand, or of writers that were killed; they are no versions, and nothing serves them`;
}

async function filesCheck({ store, artifactsOf, elsewhere }: VerifyPorts, versions: ModelVersion[]): Promise<Check> {
  let files = 0;
  let others = 0;
  for (const version of versions)
    for (const [file, ref] of Object.entries(artifactsOf(version))) {
      if (await store.has(ref)) files++;
      else if (elsewhere.includes(file)) others++;
      else
        return {
          what: 'files',
          found: `${file} of version ${version.version} of model ${version.name} is missing or changed (${ref.uri}): restore it from a backup.`,
          intact: false,
        };
    }
  return right('files', `${areOf(files)} intact${others === 0 ? '' : `, ${areOf(others)} in another store, or lost`}`);
}

const areOf = (count: number): string => counted(count, 'is', 'are');

const right = (what: Check['what'], found: string): Check => ({ what, found, intact: true });

/** @throws what is no finding, as a server that does not answer */
function wrong(what: Check['what'], error: unknown): Check {
  if (!(error instanceof PipelineFailure) || !FINDINGS.has(error.type)) throw error;
  return { what, found: error.message, intact: false };
}

/** Failures that say what is wrong with what is kept. */
const FINDINGS: ReadonlySet<FailureType> = new Set([
  'LogTampered',
  'ArtifactCorrupt',
  'RegistryUnusable',
  'VersionMissing',
]);
