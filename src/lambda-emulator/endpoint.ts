import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { foreignHost, isForeignPage, listen } from '../vendors/http/servers.js';
import { aliasRoutes } from './alias-routes.js';
import { isCloudWatch, serveCloudWatch } from './cloudwatch.js';
import { openCodeStore, openState } from './state.js';
import { concurrencyRoutes, functionRoutes } from './function-routes.js';
import { serveFunctionUrl } from './function-url.js';
import { createMetrics } from './metrics.js';
import { decodePart, parseFunctionName } from './parameters.js';
import { createRuntime, fileLog, type LogSource } from './runtime.js';
import type { RouteContext } from './routes.js';
import { ApiError, sendError, sendJson } from './wire.js';

/** Where the endpoint listens and keeps its functions. */
export interface LambdaEndpointOptions {
  /** Where functions, code and logs are kept; made when missing. One endpoint per directory. */
  directory: string;
  /** 0 takes a free port. */
  port: number;
  /** Name or address to listen on, `127.0.0.1` by default. Whoever reaches another one can run code here. */
  host?: string;
  /** Takes every line that functions print; by default `<directory>/logs/<function>.log` grows. */
  onLog?: (line: string, source: LogSource) => void;
  /** Draws for weighted aliases in [0, 1), `Math.random` by default. */
  random?: () => number;
  /** How long an unused child process is kept, 60 s by default. */
  idleMilliseconds?: number;
}

/** An endpoint that listens. */
export interface LambdaEndpoint {
  port: number;
  /** `http://HOST:PORT`: the endpoint address for the AWS SDKs of Lambda and CloudWatch, and the base of function URLs. */
  url: string;
  /** Stops listening and ends every child process. */
  close(): Promise<void>;
}

const DEFAULT_IDLE_MILLISECONDS = 60_000;

/**
 * Starts a Lambda-compatible endpoint: management API, invocations, function URLs, CloudWatch's GetMetricData
 * (of this run only, see `Metrics`), `GET /metrics/<function>` and `GET /health`. Signatures are not checked.
 * @throws the error of `listen` as it is, with `code` EADDRINUSE when the port is taken
 */
export async function startLambdaEndpoint(options: LambdaEndpointOptions): Promise<LambdaEndpoint> {
  const { directory, port, host = '127.0.0.1', random = Math.random } = options;
  mkdirSync(directory, { recursive: true });
  const state = openState(directory);
  const code = openCodeStore(directory);
  const onLog = options.onLog ?? fileLog(directory);
  const idleMilliseconds = options.idleMilliseconds ?? DEFAULT_IDLE_MILLISECONDS;
  const metrics = createMetrics();
  const runtime = await createRuntime({ directory, code, random, idleMilliseconds, metrics, onLog });
  let base = '';
  const api = createApi({ state, code, runtime, base: () => base });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = ownUrl(request, host);
    if (url.pathname.startsWith('/function-url/')) {
      // Public as AWS's are, but for sandboxed pages, which may be anybody's and no policy can name.
      if (request.headers.origin === 'null')
        throw new ApiError(
          'ForbiddenException',
          'Pages without an origin may not ask; serve the page from an address.',
        );
      await serveFunctionUrl(request, response, url, state.list(), runtime);
      return;
    }
    refuseBrowsers(request);
    if (isCloudWatch(request, url.pathname)) {
      await serveCloudWatch(request, response, metrics);
      return;
    }
    const totals = /^\/metrics\/([^/]+)$/.exec(url.pathname);
    if (request.method === 'GET' && url.pathname === '/health') sendJson(response, 200, { status: 'ok' });
    else if (request.method === 'GET' && totals) sendJson(response, 200, { versions: runtime.metrics(totals[1]!) });
    else await api(request, response, url);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
      }
      const internal = 'The local Lambda endpoint failed on this request; see its log.';
      sendError(response, error instanceof ApiError ? error : new ApiError('ServiceException', internal));
      if (!(error instanceof ApiError)) process.emitWarning(error instanceof Error ? error : String(error));
    });
  });
  const bound = await listen(server, port, host);
  base = `http://${host}:${bound}`;

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await runtime.close();
    server.closeAllConnections();
    await closed;
  };
  return { port: bound, url: base, close: () => (closing ??= close()) };
}

/** The request's URL; refuses host names other than the one that it listens on and our own: a rebound DNS name brings such. */
function ownUrl(request: IncomingMessage, host: string): URL {
  const refused = foreignHost(request.headers, [host]);
  if (refused !== null) throw new ApiError('ForbiddenException', refused);
  const address = `http://${request.headers.host ?? ''}${request.url ?? '/'}`;
  if (!URL.canParse(address)) throw new ApiError('ForbiddenException', 'The address of the request is none.');
  return new URL(address);
}

const NO_PAGES: ReadonlySet<string> = new Set();

/** Web pages may not manage functions: browsers send Origin with every cross-site change, SDKs never do. */
function refuseBrowsers(request: IncomingMessage): void {
  if (isForeignPage(request, NO_PAGES)) {
    throw new ApiError(
      'ForbiddenException',
      'Web pages may not use the management API; call it from an SDK or the CLI.',
    );
  }
}

/** Answers one management or invocation request. */
type Api = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/** The operations of the Lambda REST API that deployers use. */
function createApi(context: RouteContext): Api {
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
