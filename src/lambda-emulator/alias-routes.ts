import { aliasNamed, aliasOperations, urlOf } from './aliases.js';
import { bodyOf, type Route, type RouteContext, sendJson } from './wire.js';
import { functionNamed } from './functions.js';
import { aliasShape, page, urlShape } from './shapes.js';

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
