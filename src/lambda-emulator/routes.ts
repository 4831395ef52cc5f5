import type { IncomingMessage, ServerResponse } from 'node:http';
import { aliasRoutes } from './alias-routes.js';
import type { RouteContext } from './call.js';
import { concurrencyRoutes } from './concurrency.js';
import { ApiError } from './errors.js';
import { functionRoutes } from './function-routes.js';
import { decodePart, parseFunctionName } from './parameters.js';

/** Answers one management or invocation request. */
export type Api = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/** The operations of the Lambda REST API that deployers use. */
export function createApi(context: RouteContext): Api {
  const routes = [...functionRoutes(context), ...aliasRoutes(context), ...concurrencyRoutes(context)].map(
    ([method, path, answer]) => ({
      method,
      path: new RegExp(`^${path.replaceAll('{}', '([^/]+)')}/?$`),
      answer,
    }),
  );
  return async (request, response, url) => {
    const matches = routes.filter(({ path }) => path.test(url.pathname));
    const route = matches.find(({ method }) => method === request.method);
    if (!route) {
      if (matches.length > 0) throw new ApiError('MethodNotAllowedException', 'This path does not take this method.');
      throw new ApiError('ResourceNotFoundException', 'This path is no operation of the local Lambda endpoint.');
    }
    const [, encodedName, item = ''] = route.path.exec(url.pathname) ?? [];
    const { name, qualifier } =
      encodedName === undefined ? { name: '', qualifier: null } : parseFunctionName(decodePart(encodedName));
    await route.answer({
      request,
      response,
      query: url.searchParams,
      name,
      qualifier: url.searchParams.get('Qualifier') ?? qualifier,
      item: decodePart(item),
    });
  };
}
