import type { ArtifactRef } from '../../../contracts/values.js';
import { PipelineFailure } from '../../../contracts/failures.js';
import { PORTABLE_FILES } from '../../../contracts/results.js';
import type { StoredVersion } from '../../../registry/history.js';
import type { VersionDigests, VersionDraft, Lineage } from '../../../registry/registry.js';
import type { ArtifactStore } from '../../../store/artifacts.js';
import { sha256Of } from '../../../store/files.js';
import type { MlflowClient } from '../client.js';
import { ensureRun, runKey, claimParam, ensureExperiment, getRun, type MlflowRun } from '../runs.js';
import { createVersion, deleteVersion, listVersions, type MlflowVersion } from '../models.js';
import { downloadArtifact, uploadArtifact } from '../run-data.js';
import { GATE, gateTag } from './model.js';

/** Tags of a version: the hash of its model's bytes, which is what makes it this version, and of its document. */
const MODEL_HASH = 'mlops.sha256';
const DOCUMENT_HASH = 'mlops.version_sha256';

/** Parameter of a run: the hash of the model whose files it holds. */
const REGISTERED = 'registered.sha256';

/** Artifact of a version's run: the draft it was registered with. */
const DOCUMENT = 'version.json';

/** Versions that are looked up at the same time. */
const AT_ONCE = 8;

/** A version with the run that holds its files. */
export interface KeptVersion {
  stored: StoredVersion;
  /** Of its document and of its model. */
  digests: VersionDigests;
  run: MlflowRun;
  /** What MLflow shows of it. */
  tags: Map<string, string>;
}

/** What versions are kept with. */
export interface VersionTools {
  client: MlflowClient;
  /** Of the worker: what it lacks is brought back from MLflow. */
  store: ArtifactStore;
  now: () => Date;
}

/** The versions of a registered model as MLflow keeps them. */
export function mlflowVersions({ client, store, now }: VersionTools) {
  // Both are what they are for good: a document by its hash, a run's place by its id.
  const documents = new Map<string, string>();
  const runs = new Map<string, MlflowRun>();

  /** Those of ours, lowest first; of those with the same bytes, made in a race, the lowest one is the version. */
  async function listed(name: string): Promise<MlflowVersion[]> {
    const seen = new Set<string>();
    return (await listVersions(client, name)).filter(({ tags }) => {
      const sha256 = tags.get(MODEL_HASH);
      if (sha256 === undefined) return tags.has(DOCUMENT_HASH);
      return !seen.has(sha256) && seen.add(sha256);
    });
  }

  async function runOf(what: string, { runId, source }: MlflowVersion): Promise<MlflowRun> {
    const run = runs.get(runId) ?? (/^\w+$/.test(runId) ? await getRun(client, runId) : null);
    if (run === null) throw corrupt(what, runId, 'its run is gone');
    if (source !== `${run.artifactUri}/${MODEL_DIRECTORY}`)
      throw corrupt(what, runId, 'its source is not in the artifacts of its own run');
    runs.set(runId, run);
    return run;
  }

  async function read(name: string, found: MlflowVersion): Promise<KeptVersion> {
    const what = `version ${found.version} of model ${name}`;
    const run = await runOf(what, found);
    const sha256 = found.tags.get(DOCUMENT_HASH);
    if (sha256 === undefined) throw corrupt(what, run.runId, `it has no tag ${DOCUMENT_HASH}`);
    const text = documents.get(sha256) ?? (await readDocument(what, run, sha256));
    documents.set(sha256, text);
    const draft = JSON.parse(text) as VersionDraft; // the hash in the tag has vouched for it
    if (draft.name !== name) throw corrupt(what, run.runId, `${DOCUMENT} is of another model`);
    if (draft.model.sha256 !== found.tags.get(MODEL_HASH))
      throw corrupt(what, run.runId, `the tag ${MODEL_HASH} is not the hash of its model`);
    const digests = { record: sha256, model: draft.model.sha256 };
    return { stored: { ...draft, version: found.version }, digests, run, tags: found.tags };
  }

  async function readDocument(what: string, run: MlflowRun, sha256: string): Promise<string> {
    const bytes = await downloadArtifact(client, run, DOCUMENT);
    if (bytes === null) throw corrupt(what, run.runId, `${DOCUMENT} is missing`);
    if (sha256Of(bytes) !== sha256) throw corrupt(what, run.runId, `${DOCUMENT} does not have its SHA-256`);
    return new TextDecoder().decode(bytes);
  }

  /**
   * The run of the pipeline, or, when the files of another model are there, one below it: a parameter is written once,
   * so of two models that one run registers at the same time the first has it.
   */
  async function runFor({ name, lineage, model }: VersionDraft): Promise<MlflowRun> {
    const experimentId = await ensureExperiment(client, name);
    const draft = { experimentId, name: lineage.workflowId, startTime: now().getTime() };
    const key = runKey(lineage);
    const parent = await ensureRun(client, { ...draft, key, tags: {} });
    if (await claimParam(client, parent.runId, { key: REGISTERED, value: model.sha256 })) return parent;
    const tags = { 'mlflow.parentRunId': parent.runId };
    return ensureRun(client, { ...draft, key: `${key}/${model.sha256}`, tags });
  }

  /** The files first, so that a version has all it tells of from the moment that it is there. */
  async function create(draft: VersionDraft): Promise<void> {
    const { name, model, lineage, gate } = draft;
    const run = await runFor(draft);
    await uploadFiles(client, store, run, draft);
    const bytes = new TextEncoder().encode(`${JSON.stringify(draft, null, 2)}\n`);
    await uploadArtifact(client, run, DOCUMENT, bytes);
    const tags = {
      [MODEL_HASH]: model.sha256,
      [DOCUMENT_HASH]: sha256Of(bytes),
      'mlops.workflow_id': lineage.workflowId,
      [GATE]: gateTag(gate),
    };
    await createVersion(client, name, { source: `${run.artifactUri}/${MODEL_DIRECTORY}`, runId: run.runId, tags });
  }

  return {
    /** How many there are. */
    count: async (name: string): Promise<number> => (await listed(name)).length,

    /** Numbers of all that are there, ours or not. */
    numbers: async (name: string): Promise<number[]> =>
      (await listVersions(client, name)).map(({ version }) => version),

    /** Those with these numbers that are there, lowest first. */
    async all(name: string, numbers: number[]): Promise<KeptVersion[]> {
      const found = (await listed(name)).filter(({ version }) => numbers.includes(version));
      const kept: KeptVersion[] = [];
      for (let start = 0; start < found.length; start += AT_ONCE)
        kept.push(...(await Promise.all(found.slice(start, start + AT_ONCE).map((version) => read(name, version)))));
      return kept;
    },

    /** `null` when there is none with this number. */
    async one(name: string, version: number): Promise<KeptVersion | null> {
      const found = (await listed(name)).find((known) => known.version === version);
      return found === undefined ? null : read(name, found);
    },

    /** The version with these model bytes, which is made when there is none. Of those made at once the lowest stays. */
    async ensure(draft: VersionDraft): Promise<KeptVersion> {
      const { name, model } = draft;
      const same = async () =>
        (await listVersions(client, name)).filter(({ tags }) => tags.get(MODEL_HASH) === model.sha256);
      if ((await same()).length === 0) await create(draft);
      const [first, ...later] = await same();
      if (first === undefined) throw new Error(`The version of model ${name} went while it was made; try again.`);
      for (const { version } of later) await deleteVersion(client, name, version);
      if (first.status !== 'READY')
        throw new Error(
          `Version ${first.version} of model ${name} is not ready in MLflow (${first.status}); try again.`,
        );
      return read(name, first);
    },
  };
}

/** Directory of a version's run that MLflow loads as a model. */
const MODEL_DIRECTORY = 'model';

type Files = Pick<StoredVersion, 'model' | 'portable'> & {
  lineage: Pick<Lineage, 'profile' | 'evaluation' | 'definition'>;
};

type Place = [path: string, ref: ArtifactRef];

/**
 * Every artifact of a version that leaves the store, by its path in the version's run. Matrix, reference and fingerprints
 * are not among them: they tell of single rows, and stay in the store of the worker that trained. docs/privacy.md lists
 * every one.
 */
export function filesOf({ model, portable, lineage }: Files): Place[] {
  const { profile, evaluation, definition } = lineage;
  return [
    [`${MODEL_DIRECTORY}/model.json`, model],
    ...PORTABLE_FILES.flatMap((file): Place[] => (portable ? [[`${MODEL_DIRECTORY}/${file}`, portable[file]]] : [])),
    ['lineage/profile.json', profile],
    ['lineage/evaluation.json', evaluation],
    ['lineage/definition.json', definition],
  ];
}

/** Puts a version's artifacts from the store under its run. @throws PipelineFailure `ArtifactCorrupt` when the store lacks one */
async function uploadFiles(client: MlflowClient, store: ArtifactStore, run: MlflowRun, files: Files) {
  for (const [path, ref] of filesOf(files)) await uploadArtifact(client, run, path, await store.get(ref));
}

/**
 * Brings what the store lacks of a version's artifacts back from its run; what never left the store cannot be.
 * @param what names the version in failures
 * @throws PipelineFailure `ArtifactCorrupt` for one that is missing there, or another
 */
export async function restoreFiles(
  client: MlflowClient,
  store: ArtifactStore,
  run: MlflowRun,
  { what, files }: { what: string; files: Files },
): Promise<void> {
  for (const [path, ref] of filesOf(files)) {
    if (await store.has(ref)) continue;
    const bytes = await downloadArtifact(client, run, path);
    if (bytes === null || sha256Of(bytes) !== ref.sha256)
      throw corrupt(what, run.runId, bytes === null ? `${path} is missing` : `${path} does not have its SHA-256`);
    await store.put(bytes);
  }
}

/** What MLflow has of a version is not what was registered. */
const corrupt = (what: string, runId: string, found: string): PipelineFailure =>
  new PipelineFailure(
    'ArtifactCorrupt',
    `What MLflow has of ${what} is not what was registered: ${found} (run ${runId}); restore it from a backup of the server, or delete this version there and train again.`,
  );
