import { randomUUID } from 'node:crypto';
import { ApiError, invalidParameter, notFound } from './errors.js';
import { checkRevision, configOf, functionNamed, LATEST } from './functions.js';
import { aliasName, corsOf, objectOf, textOf, type Body } from './parameters.js';
import type { AliasRecord, FunctionRecord, StateStore, UrlRecord } from './state.js';

/** Operations on aliases and function URLs; every one throws `ApiError`. */
export interface AliasOperations {
  create(functionName: string, body: Body): AliasRecord;
  update(functionName: string, alias: string, body: Body): AliasRecord;
  remove(functionName: string, alias: string): void;
  createUrl(functionName: string, qualifier: string | null, body: Body): UrlRecord;
  updateUrl(functionName: string, qualifier: string | null, body: Body): UrlRecord;
  removeUrl(functionName: string, qualifier: string | null): void;
  addStatement(functionName: string, qualifier: string | null, body: Body): string;
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

/** Builds the operations over a state. */
export function aliasOperations(state: StateStore): AliasOperations {
  const change = <T>(name: string, edit: (record: FunctionRecord) => T): T =>
    state.update((functions) => edit(functionNamed(functions, name)));
  return {
    create: (functionName, body) =>
      change(functionName, (record) => {
        const name = aliasName(body['Name']);
        if (record.aliases.some((alias) => alias.name === name)) {
          throw new ApiError('ResourceConflictException', `Alias already exists: ${name}`);
        }
        const alias = routed(record, { name, functionVersion: '', description: '', weights: {}, revisionId: '' }, body);
        record.aliases.push(alias);
        return alias;
      }),
    update: (functionName, name, body) =>
      change(functionName, (record) => {
        const alias = aliasNamed(record, name);
        checkRevision(body, alias.revisionId);
        return Object.assign(alias, routed(record, alias, body));
      }),
    remove: (functionName, name) =>
      change(functionName, (record) => {
        record.aliases = record.aliases.filter((alias) => alias.name !== name);
        record.urls = record.urls.filter((url) => url.qualifier !== name);
      }),
    createUrl: (functionName, qualifier, body) =>
      change(functionName, (record) => {
        if (qualifier !== null) aliasNamed(record, qualifier);
        if (record.urls.some((url) => url.qualifier === qualifier)) {
          throw new ApiError(
            'ResourceConflictException',
            `Function URL config exists already for this function and qualifier.`,
          );
        }
        const time = new Date().toISOString();
        const url: UrlRecord = {
          qualifier,
          authType: authType(body['AuthType']),
          cors: body['Cors'] === undefined ? null : corsOf(objectOf(body, 'Cors')),
          creationTime: time,
          lastModifiedTime: time,
        };
        record.urls.push(url);
        return url;
      }),
    updateUrl: (functionName, qualifier, body) =>
      change(functionName, (record) => {
        const url = urlOf(record, qualifier);
        if (body['AuthType'] !== undefined) url.authType = authType(body['AuthType']);
        if (body['Cors'] !== undefined) url.cors = corsOf(objectOf(body, 'Cors'));
        url.lastModifiedTime = new Date().toISOString();
        return url;
      }),
    removeUrl: (functionName, qualifier) =>
      change(functionName, (record) => {
        urlOf(record, qualifier);
        record.urls = record.urls.filter((url) => url.qualifier !== qualifier);
      }),
    addStatement: (functionName, qualifier, body) =>
      change(functionName, (record) => {
        const id = textOf(body, 'StatementId', '', 100);
        if (!/^[a-zA-Z0-9-_]+$/.test(id)) throw invalidParameter('StatementId', 'letters, digits, - and _');
        const known = `${qualifier ?? LATEST}/${id}`;
        if (record.statements.includes(known)) {
          throw new ApiError('ResourceConflictException', `The statement id (${id}) provided already exists.`);
        }
        record.statements.push(known);
        return id;
      }),
  };
}

/** An alias with the version and weights of a request; what the request leaves out stays. */
function routed(record: FunctionRecord, alias: AliasRecord, body: Body): AliasRecord {
  const functionVersion = textOf(body, 'FunctionVersion', alias.functionVersion);
  if (functionVersion !== LATEST) configOf(record, functionVersion);
  const weights = body['RoutingConfig'] === undefined ? alias.weights : weightsOf(objectOf(body, 'RoutingConfig'));
  const [additional, ...more] = Object.keys(weights);
  if (more.length > 0) throw invalidParameter('RoutingConfig.AdditionalVersionWeights', 'one version at most');
  if (additional !== undefined) {
    if (functionVersion === LATEST || !/^\d+$/.test(additional)) {
      throw invalidParameter('RoutingConfig', `between published versions; ${LATEST} takes no weight`);
    }
    if (additional === functionVersion)
      throw invalidParameter('RoutingConfig', 'to a version other than FunctionVersion');
    configOf(record, additional);
  }
  const description = textOf(body, 'Description', alias.description);
  return { name: alias.name, functionVersion, description, weights, revisionId: randomUUID() };
}

function weightsOf(routing: Body): Record<string, number> {
  const entries = Object.entries(objectOf(routing, 'AdditionalVersionWeights'));
  const weights: [string, number][] = entries.map(([version, weight]) => {
    if (typeof weight !== 'number' || !(weight >= 0 && weight <= 1)) {
      throw invalidParameter('RoutingConfig.AdditionalVersionWeights', 'shares from 0 to 1');
    }
    return [version, weight];
  });
  return Object.fromEntries(weights);
}

function authType(value: unknown): 'NONE' | 'AWS_IAM' {
  if (value !== 'NONE' && value !== 'AWS_IAM') throw invalidParameter('AuthType', 'NONE or AWS_IAM');
  return value;
}
