import { compareOnCommonRows, type StoreWithKey } from '../compute/common-rows.js';
import type { VersionComparison } from '../contracts/results.js';
import type { Definition } from '../contracts/definition.js';
import type { ModelRegistry, ModelVersion } from '../registry/registry.js';
import type { ArtifactStore } from '../store/artifacts.js';
import { findOneVersion } from './versions.js';

/** With a single row of a class every resample draws that one, and intervals would look surer than they are. */
const FEWEST_ROWS_PER_CLASS = 2;

/** Two versions on rows that neither was trained on. */
export interface ComparedVersions {
  model: string;
  a: Pick<ModelVersion, 'version'> & { sha256: string; candidate: string };
  b: ComparedVersions['a'];
  /** The version whose hold-out the rows are from. */
  holdoutOf: number;
  comparison: VersionComparison;
  /** Fewer rows of a class than this and the gate would not compare on them. */
  minimumRowsPerClass: number;
}

/**
 * Compares two versions by the code of the gate, with the seed of the newer version's definition: what its gate found
 * comes out again.
 * @param confidence level of the intervals
 * @throws Error when they cannot be compared, with the remedy
 */
export async function compareVersions(
  { registry, ...kept }: StoreWithKey & { registry: ModelRegistry },
  [textA, textB]: [string, string],
  { model, confidence }: { model?: string | undefined; confidence: number },
): Promise<ComparedVersions> {
  const a = await findOneVersion(registry, textA, model);
  const b = await findOneVersion(registry, textB, model);
  if (a.name !== b.name)
    throw new Error(`${a.name} and ${b.name} are different models: compare two versions of one, with --model.`);
  if (a.version === b.version)
    throw new Error(`${textA} and ${textB} are both version ${a.version} of ${a.name}: name two different ones.`);
  const newer = a.version > b.version ? a : b;
  // A registry that keeps artifacts itself brings them back now.
  for (const { name, version } of [a, b]) await registry.version(name, version);
  const { matrix, definition } = await learnedFrom(kept.store, newer);
  const contestant = (entry: ModelVersion) => ({
    model: entry.model,
    trainingRows: entry === newer ? null : entry.lineage.trainingRows,
  });
  const outcome = await compareOnCommonRows(kept, {
    matrix,
    a: contestant(a),
    b: contestant(b),
    confidence,
    seed: definition.split.seed,
    minimumRowsPerClass: FEWEST_ROWS_PER_CLASS,
  });
  if (outcome.found !== 'comparison') throw notComparable(newer, newer === a ? b : a, outcome);
  const { minimumRowsPerClass } = definition.gate;
  const named = (entry: ModelVersion) => ({
    version: entry.version,
    sha256: entry.model.sha256,
    candidate: entry.lineage.candidate,
  });
  return {
    model: a.name,
    a: named(a),
    b: named(b),
    holdoutOf: newer.version,
    comparison: outcome.comparison,
    minimumRowsPerClass,
  };
}

/** Matrix and definition of a version. @throws Error when its rows are elsewhere */
async function learnedFrom(store: ArtifactStore, { version, lineage }: ModelVersion) {
  const { matrix, definition } = lineage;
  if (!(await store.has(matrix)))
    throw new Error(
      `The rows of version ${version} are not in this store, or changed: they stay where it was trained, so compare there, or set MLOPS_HOME to that home.`,
    );
  const text = new TextDecoder().decode(await store.get(definition));
  return { matrix, definition: JSON.parse(text) as Definition }; // hashed, and written by registration
}

type NotCompared = Exclude<Awaited<ReturnType<typeof compareOnCommonRows>>, { found: 'comparison' }>;

function notComparable(newer: ModelVersion, older: ModelVersion, outcome: NotCompared): Error {
  if (outcome.found === 'missing-feature')
    return new Error(
      `Version ${older.version} needs the feature ${outcome.feature}, which the rows of version ${newer.version} do not have: train one of them again with the columns of the other.`,
    );
  if (outcome.found === 'unknown-rows')
    return new Error(
      `Which rows version ${older.version} was trained on is known only to the store that trained it, under its key, and this one is another: compare there, or train that version again here.`,
    );
  const { rows, positives } = outcome;
  return new Error(
    `Only ${rows} hold-out rows of version ${newer.version}, ${positives} of them positive, are new to version ${older.version}, and at least ${FEWEST_ROWS_PER_CLASS} of either class are needed: train one of them again with the split.seed of the other, or both on more data.`,
  );
}
