import { z } from 'zod';
import { absent, type MlflowClient, MlflowRefusal, endless } from './client.js';
import { asMap, nothing, pair, pairs } from './run-data.js';
import { allPages } from '../http/exchange.js';

/** A registered model: what holds versions and aliases. */
export interface MlflowModel {
  tags: Map<string, string>;
  /** Version by alias. */
  aliases: Map<string, number>;
}

/** A version of a registered model. */
export interface MlflowVersion {
  version: number;
  /** Milliseconds since 1970. */
  createdAt: number;
  /** `READY`, or what keeps it from being so. */
  status: string;
  /** Where its files are. */
  source: string;
  /** `''` for one without a run. */
  runId: string;
  tags: Map<string, string>;
}

/** What one page of a search holds. */
const PAGE = 1000;

const token = z.string().default('');
const tags = z.array(pair).default([]);
const aliases = z.array(z.looseObject({ alias: z.string(), version: z.coerce.number().int() })).default([]);
const modelShape = z.looseObject({ name: z.string(), tags, aliases });
const versionShape = z.looseObject({
  version: z.coerce.number().int(),
  creation_timestamp: z.coerce.number(),
  status: z.string().default('READY'),
  source: z.string().default(''),
  run_id: z.string().default(''),
  tags,
});

/** Names of the registered models with a tag of this value. */
export async function modelsTagged(client: MlflowClient, tag: string, value: string): Promise<string[]> {
  const answer = z.looseObject({ registered_models: z.array(modelShape).default([]), next_page_token: token });
  const found = await pages(client, 'registered-models/search', `tags.\`${tag}\` = '${value}'`, answer);
  return found.flatMap(({ registered_models }) => registered_models.map(({ name }) => name));
}

/** `null` when there is none of this name. */
export async function findModel(client: MlflowClient, name: string): Promise<MlflowModel | null> {
  const answer = z.looseObject({ registered_model: modelShape });
  const found = await absent(client.get('registered-models/get', { name }, answer));
  if (found === null) return null;
  const { registered_model } = found;
  return {
    tags: asMap(registered_model.tags),
    aliases: new Map(registered_model.aliases.map(({ alias, version }) => [alias, version])),
  };
}

/** Makes a model with all its tags; `false` when there is one of this name already, which stays as it is. */
export async function createModel(client: MlflowClient, name: string, tags: Record<string, string>): Promise<boolean> {
  try {
    await client.send('POST', 'registered-models/create', { name, tags: pairs(tags) }, nothing);
    return true;
  } catch (error) {
    if (error instanceof MlflowRefusal && error.code === 'RESOURCE_ALREADY_EXISTS') return false;
    throw error;
  }
}

/** Versions of a model without deleted ones, in ascending order. */
export async function listVersions(client: MlflowClient, name: string): Promise<MlflowVersion[]> {
  const answer = z.looseObject({ model_versions: z.array(versionShape).default([]), next_page_token: token });
  const found = await pages(client, 'model-versions/search', `name = '${name}'`, answer);
  return found.flatMap(({ model_versions }) => model_versions.map(versionOf)).sort((a, b) => a.version - b.version);
}

/** Makes the next version of a model from the files of a run. */
export async function createVersion(
  client: MlflowClient,
  name: string,
  { source, runId, tags }: { source: string; runId: string; tags: Record<string, string> },
): Promise<MlflowVersion> {
  const body = { name, source, run_id: runId, tags: pairs(tags) };
  const answer = z.looseObject({ model_version: versionShape });
  return versionOf((await client.send('POST', 'model-versions/create', body, answer)).model_version);
}

/** Deletes a version; one that is gone already is no trouble. */
export async function deleteVersion(client: MlflowClient, name: string, version: number): Promise<void> {
  await absent(client.send('DELETE', 'model-versions/delete', { name, version: String(version) }, nothing));
}

/** Sets a tag of a version, in place of what it said. */
export async function setVersionTag(client: MlflowClient, name: string, version: number, key: string, value: string) {
  await client.send('POST', 'model-versions/set-tag', { name, version: String(version), key, value }, nothing);
}

/** Points an alias to a version, or takes it away. */
export async function setModelAlias(client: MlflowClient, name: string, alias: string, version: number | null) {
  if (version === null) await absent(client.send('DELETE', 'registered-models/alias', { name, alias }, nothing));
  else await client.send('POST', 'registered-models/alias', { name, alias, version: String(version) }, nothing);
}

/** All pages of a search. */
const pages = <T extends { next_page_token: string }>(
  client: MlflowClient,
  path: string,
  filter: string,
  answer: z.ZodType<T>,
): Promise<T[]> =>
  allPages(
    (token) => client.get(path, { filter, max_results: PAGE, ...(token && { page_token: token }) }, answer),
    (page) => page.next_page_token,
    (why) => endless(path, why),
  );

const versionOf = ({ version, creation_timestamp, status, source, run_id, tags }: z.infer<typeof versionShape>) => ({
  version,
  createdAt: creation_timestamp,
  status,
  source,
  runId: run_id,
  tags: asMap(tags),
});
