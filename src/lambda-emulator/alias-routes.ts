import { randomUUID } from 'node:crypto';
import { aliasNamed, checkRevision, configOf, functionNamed, LATEST, urlOf } from './functions.js';
import { aliasName, corsOf, objectOf, textOf } from './parameters.js';
import { aliasShape, bodyOf, page, type Route, type RouteContext, urlShape } from './routes.js';
import type { AliasRecord, FunctionRecord, StateStore, UrlRecord } from './state.js';
import { ApiError, type Body, invalidParameter, sendJson } from './wire.js';

const ALIASES = '/2015-03-31/functions/{}/aliases';
const URL_CONFIG = '/2021-10-31/functions/{}/url';

/** Aliases, function URLs and permissions. */
export function aliasRoutes({ state, base }: RouteContext): Route[] {
  const aliases = aliasOperations(state);
  const find = (name: string) => functionNamed(state.list(), name);
  return [
    [
      'POST',
      ALIASES,
      async (call) => {
        const created = aliases.create(call.name, await bodyOf(call));
        sendJson(call.response, 201, aliasShape(call.name, created));
      },
    ],
    [
      'GET',
      ALIASES,
      ({ response, query, name }) => {
        const version = query.get('FunctionVersion');
        const found = find(name).aliases.filter((alias) => version === null || alias.functionVersion === version);
        const shapes = found.map((alias) => aliasShape(name, alias));
        sendJson(response, 200, page(query, 'Aliases', shapes));
      },
    ],
    [
      'GET',
      `${ALIASES}/{}`,
      ({ response, name, item }) => sendJson(response, 200, aliasShape(name, aliasNamed(find(name), item))),
    ],
    [
      'PUT',
      `${ALIASES}/{}`,
      async (call) => {
        const updated = aliases.update(call.name, call.item, await bodyOf(call));
        sendJson(call.response, 200, aliasShape(call.name, updated));
      },
    ],
    [
      'DELETE',
      `${ALIASES}/{}`,
      ({ response, name, item }) => {
        aliases.remove(name, item);
        sendJson(response, 204);
      },
    ],
    [
      'POST',
      URL_CONFIG,
      async (call) => {
        const created = aliases.createUrl(call.name, call.qualifier, await bodyOf(call));
        sendJson(call.response, 201, urlShape(call.name, created, base()));
      },
    ],
    [
      'GET',
      URL_CONFIG,
      ({ response, name, qualifier }) => sendJson(response, 200, urlShape(name, urlOf(find(name), qualifier), base())),
    ],
    [
      'GET',
      `${URL_CONFIG}s`,
      ({ response, query, name }) => {
        const shapes = find(name).urls.map((url) => urlShape(name, url, base()));
        sendJson(response, 200, page(query, 'FunctionUrlConfigs', shapes));
      },
    ],
    [
      'PUT',
      URL_CONFIG,
      async (call) => {
        const updated = aliases.updateUrl(call.name, call.qualifier, await bodyOf(call));
        sendJson(call.response, 200, urlShape(call.name, updated, base()));
      },
    ],
    [
      'DELETE',
      URL_CONFIG,
      ({ response, name, qualifier }) => {
        aliases.removeUrl(name, qualifier);
        sendJson(response, 204);
      },
    ],
    [
      'POST',
      '/2015-03-31/functions/{}/policy',
      async (call) => {
        const Sid = aliases.addStatement(call.name, call.qualifier, await bodyOf(call));
        sendJson(call.response, 201, { Statement: JSON.stringify({ Sid, Effect: 'Allow' }) });
      },
    ],
  ];
}

/** Operations on aliases and function URLs; every one throws `ApiError`. */
function aliasOperations(state: StateStore) {
  const change = <T>(name: string, edit: (record: FunctionRecord) => T): T =>
    state.update((functions) => edit(functionNamed(functions, name)));
  return {
    create: (functionName: string, body: Body) =>
      change(functionName, (record) => {
        const name = aliasName(body['Name']);
        if (record.aliases.some((alias) => alias.name === name)) {
          throw new ApiError('ResourceConflictException', `Alias already exists: ${name}`);
        }
        const alias = routed(record, { name, functionVersion: '', description: '', weights: {}, revisionId: '' }, body);
        record.aliases.push(alias);
        return alias;
      }),
    update: (functionName: string, name: string, body: Body) =>
      change(functionName, (record) => {
        const alias = aliasNamed(record, name);
        checkRevision(body, alias.revisionId);
        return Object.assign(alias, routed(record, alias, body));
      }),
    remove: (functionName: string, name: string) =>
      change(functionName, (record) => {
        record.aliases = record.aliases.filter((alias) => alias.name !== name);
        record.urls = record.urls.filter((url) => url.qualifier !== name);
      }),
    createUrl: (functionName: string, qualifier: string | null, body: Body) =>
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
    updateUrl: (functionName: string, qualifier: string | null, body: Body) =>
      change(functionName, (record) => {
        const url = urlOf(record, qualifier);
        if (body['AuthType'] !== undefined) url.authType = authType(body['AuthType']);
        if (body['Cors'] !== undefined) url.cors = corsOf(objectOf(body, 'Cors'));
        url.lastModifiedTime = new Date().toISOString();
        return url;
      }),
    removeUrl: (functionName: string, qualifier: string | null) =>
      change(functionName, (record) => {
        urlOf(record, qualifier);
        record.urls = record.urls.filter((url) => url.qualifier !== qualifier);
      }),
    addStatement: (functionName: string, qualifier: string | null, body: Body) =>
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
