import { randomUUID } from 'node:crypto';
import { environmentOf, integerOf, objectOf, parseFunctionName, textOf, zipOf } from './parameters.js';
import type {
  AliasRecord,
  CodeStore,
  FunctionConfig,
  FunctionRecord,
  PublishedVersion,
  StateStore,
  StoredCode,
  UrlRecord,
} from './state.js';
import { ApiError, type Body, invalidParameter, notFound } from './wire.js';

/** The qualifier of the unpublished code. */
export const LATEST = '$LATEST';

/** Region and account in the names of local resources. */
const ARN_PREFIX = 'arn:aws:lambda:us-east-1:000000000000:function:';

/** Operations on functions and their versions; every one throws `ApiError`. */
export interface FunctionOperations {
  create(body: Body): FunctionRecord;
  updateCode(name: string, body: Body): { config: FunctionConfig; version: string };
  updateConfiguration(name: string, body: Body): FunctionConfig;
  publish(name: string, body: Body): PublishedVersion;
  remove(name: string): void;
}

/** The function, or `ResourceNotFoundException`. */
export function functionNamed<T extends Readonly<FunctionRecord>>(functions: readonly T[], name: string): T {
  const found = functions.find((candidate) => candidate.name === name);
  if (!found) throw notFound(`Function ${name}`);
  return found;
}

/** Configuration of `$LATEST` (also without a qualifier) or of a published version. */
export function configOf(record: Readonly<FunctionRecord>, version: string | null): FunctionConfig {
  if (version === null || version === LATEST) return record.latest;
  const found = record.versions.find((candidate) => candidate.version === version);
  if (!found) throw notFound(`Version ${version} of function ${record.name}`);
  return found;
}

/** The alias, or `ResourceNotFoundException`. */
export function aliasNamed(record: Readonly<FunctionRecord>, name: string): AliasRecord {
  const found = record.aliases.find((alias) => alias.name === name);
  if (!found) throw notFound(`Alias ${name} of function ${record.name}`);
  return found;
}

/** The function URL of a qualifier, or `ResourceNotFoundException`. */
export function urlOf(record: Readonly<FunctionRecord>, qualifier: string | null): UrlRecord {
  const found = record.urls.find((url) => url.qualifier === qualifier);
  if (!found) throw notFound(`The URL of function ${record.name}`);
  return found;
}

/**
 * The version that answers an invocation. A weighted alias draws: `random` in [0, 1) below the weight takes the
 * additional version.
 */
export function resolveVersion(
  record: Readonly<FunctionRecord>,
  qualifier: string | null,
  random: () => number,
): string {
  if (qualifier === null || qualifier === LATEST) return LATEST;
  if (/^\d+$/.test(qualifier)) {
    configOf(record, qualifier);
    return qualifier;
  }
  const { functionVersion, weights } = aliasNamed(record, qualifier);
  const [additional] = Object.entries(weights);
  return additional && random() < additional[1] ? additional[0] : functionVersion;
}

/** Refuses a change that was decided on an older state than the present one. */
export function checkRevision(body: Body, revisionId: string): void {
  const expected = body['RevisionId'];
  if (expected === undefined || expected === null || expected === '' || expected === revisionId) return;
  throw new ApiError(
    'PreconditionFailedException',
    'The RevisionId provided does not match the latest RevisionId; read the resource again and retry.',
  );
}

/** Builds the operations over a state and a code store. */
export function functionOperations(state: StateStore, code: CodeStore): FunctionOperations {
  return {
    create(body) {
      const { name } = parseFunctionName(textOf(body, 'FunctionName', '', 170));
      if (state.find(name)) throw new ApiError('ResourceConflictException', `Function already exist: ${name}`);
      const stored = code.put(zipOf(objectOf(body, 'Code')));
      const initial: FunctionConfig = {
        description: '',
        runtime: '',
        role: '',
        handler: '',
        timeout: 3,
        memorySize: 128,
        architectures: ['x86_64'],
        environment: {},
        ...stored,
        lastModified: '',
        revisionId: '',
      };
      const latest = stamped(configured(initial, body));
      if (latest.runtime === '' || latest.handler === '' || latest.role === '') {
        throw invalidParameter('Runtime, Handler and Role', 'given for a zip package');
      }
      return state.update((functions) => {
        const record: FunctionRecord = {
          name,
          latest,
          versions: [],
          nextVersion: 1,
          aliases: [],
          urls: [],
          statements: [],
        };
        if (body['Publish'] === true) publishLatest(record);
        functions.push(record);
        return record;
      });
    },
    updateCode(name, body) {
      checkRevision(body, configOf(mustFind(name), null).revisionId);
      const stored = code.put(zipOf(body));
      if (body['DryRun'] === true) return { config: { ...mustFind(name).latest, ...stored }, version: LATEST };
      return state.update((functions) => {
        const record = functionNamed(functions, name);
        record.latest = stamped({ ...record.latest, ...stored, ...architecturesOf(body) });
        if (body['Publish'] !== true) return { config: record.latest, version: LATEST };
        const published = publishLatest(record);
        return { config: published, version: published.version };
      });
    },
    updateConfiguration(name, body) {
      checkRevision(body, mustFind(name).latest.revisionId);
      return state.update((functions) => {
        const record = functionNamed(functions, name);
        record.latest = stamped(configured(record.latest, body));
        return record.latest;
      });
    },
    publish(name, body) {
      const { latest, versions } = mustFind(name);
      checkRevision(body, latest.revisionId);
      const expected = body['CodeSha256'];
      if (expected !== undefined && expected !== '' && expected !== latest.codeSha256) {
        throw new ApiError(
          'InvalidParameterValueException',
          `CodeSha256 is not that of ${LATEST} (${latest.codeSha256}); read it again.`,
        );
      }
      const last = versions.at(-1);
      if (last && samePublication(last, latest)) return last;
      return state.update((functions) =>
        publishLatest(functionNamed(functions, name), textOf(body, 'Description', latest.description)),
      );
    },
    remove(name) {
      mustFind(name);
      state.update((functions) =>
        functions.splice(
          functions.findIndex((candidate) => candidate.name === name),
          1,
        ),
      );
    },
  };

  function mustFind(name: string): Readonly<FunctionRecord> {
    return functionNamed(state.list(), name);
  }
}

/** Appends `$LATEST` as the next version, or returns the last version when neither code nor configuration changed. */
function publishLatest(record: FunctionRecord, description = record.latest.description): PublishedVersion {
  const last = record.versions.at(-1);
  if (last && samePublication(last, record.latest)) return last;
  const version = String(record.nextVersion++);
  const published: PublishedVersion = { ...stamped(structuredClone(record.latest)), description, version };
  record.versions.push(published);
  return published;
}

function samePublication(a: FunctionConfig, b: FunctionConfig): boolean {
  const content = (config: FunctionConfig): string => {
    const { codeSha256, runtime, role, handler, timeout, memorySize, architectures, environment } = config;
    const variables = Object.entries(environment).sort(([x], [y]) => (x < y ? -1 : 1));
    return JSON.stringify([codeSha256, runtime, role, handler, timeout, memorySize, architectures, variables]);
  };
  return content(a) === content(b);
}

function configured(base: FunctionConfig, body: Body): FunctionConfig {
  const runtime = textOf(body, 'Runtime', base.runtime);
  if (!/^nodejs\d+\.x$/.test(runtime)) throw invalidParameter('Runtime', 'a Node.js runtime such as nodejs22.x');
  const handler = textOf(body, 'Handler', base.handler, 128);
  if (!/^[\w-]+\.[\w$]+$/.test(handler)) throw invalidParameter('Handler', 'file.export, such as index.handler');
  return {
    ...base,
    runtime,
    handler,
    role: textOf(body, 'Role', base.role),
    description: textOf(body, 'Description', base.description),
    timeout: integerOf(body, 'Timeout', base.timeout, 1, 900),
    memorySize: integerOf(body, 'MemorySize', base.memorySize, 128, 10_240),
    environment: environmentOf(body, base.environment),
    ...architecturesOf(body),
  };
}

function architecturesOf(body: Body): { architectures?: string[] } {
  const value = body['Architectures'];
  if (value === undefined) return {};
  const [architecture, ...more] = Array.isArray(value) ? (value as unknown[]) : [];
  if ((architecture !== 'arm64' && architecture !== 'x86_64') || more.length > 0) {
    throw invalidParameter('Architectures', 'a list of arm64 or x86_64');
  }
  return { architectures: [architecture] };
}

function stamped<T extends FunctionConfig>(config: T & Partial<StoredCode>): T {
  return { ...config, lastModified: new Date().toISOString().replace('Z', '+0000'), revisionId: randomUUID() };
}

/** ARN of a function or of one of its versions or aliases. */
export function arnOf(functionName: string, qualifier: string | null = null): string {
  return `${ARN_PREFIX}${functionName}${qualifier === null ? '' : `:${qualifier}`}`;
}
