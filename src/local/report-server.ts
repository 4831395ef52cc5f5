import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, foreignCaller, listen } from '../vendors/http/servers.js';
import { FILE_NAME } from '../report/sink.js';
import { renderIndex, renderModelIndex, createReportList, isReportKind, type ReportList } from '../report/list.js';
import { PAGE_POLICY } from '../report/page.js';
import type { Objects } from '../store/objects.js';

/** What is served, and where. */
export interface ReportServerOptions {
  /** What a sink writes to, in files or a bucket. */
  objects: Objects;
  /** 0 takes a free port. */
  port: number;
  /** Loopback address to listen on, `127.0.0.1` by default. */
  host?: '127.0.0.1' | 'localhost';
}

/** Report pages that are served. */
export interface ReportServer {
  port: number;
  /** `http://127.0.0.1:PORT/`: base of all report addresses. */
  url: string;
  close(): Promise<void>;
}

/** Reports of each kind that the front page shows of a model, and the page of the model. */
const NEWEST_ON_FRONT = 5;
const NEWEST_OF_MODEL = 1000;

const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
};

/** Pages load nothing, run nothing, are in no frame and tell nobody where the reader came from. */
const HEADERS = {
  'content-security-policy': `${PAGE_POLICY}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-cache',
} as const;

/** What a request is answered with: a page, a file, another address, or a refusal. */
type Answer =
  { page: string } | { file: Uint8Array; type: string } | { moved: string } | { refused: 403 | 404 | 405; why: string };

const NOT_FOUND: Answer = { refused: 404, why: 'There is no such report.' };

/**
 * Serves the pages and documents of reports, with an index of models at `/` and one of a model's reports at
 * `/<model>/`. It only reads, and only for this machine.
 * @throws the error of `listen` as it is, with `code` EADDRINUSE when the port is taken
 */
export async function startReportServer({
  objects,
  port,
  host = '127.0.0.1',
}: ReportServerOptions): Promise<ReportServer> {
  const list = createReportList(objects);
  const server = createServer((request, response) => {
    answerTo(request, objects, list)
      .then((answer) => send(request, response, answer))
      .catch((error: unknown) => {
        process.emitWarning(error instanceof Error ? error : String(error));
        if (response.headersSent) response.destroy();
        else text(request, response, 500, 'The report could not be read.');
      });
  });
  const bound = await listen(server, port, host);
  return {
    port: bound,
    url: `http://${host}:${bound}/`,
    close: () => closeServer(server),
  };
}

async function answerTo(request: IncomingMessage, objects: Objects, list: ReportList): Promise<Answer> {
  const address = `http://${request.headers.host ?? ''}${request.url ?? '/'}`;
  const url = URL.canParse(address) ? new URL(address) : null;
  const refused = foreignCaller(request);
  if (refused !== null) return { refused: 403, why: refused };
  if (!url) return NOT_FOUND;
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { refused: 405, why: 'Reports are only read: use GET or HEAD.' };
  if (url.pathname === '/') return { page: renderIndex(await modelsOf(list)) };
  const [model, kind, file, ...more] = url.pathname.slice(1).split('/');
  if (model === undefined || !FILE_NAME.test(model) || more.length > 0) return NOT_FOUND;
  if (kind !== undefined && isReportKind(kind) && file !== undefined) return fileAnswer(objects, [model, kind, file]);
  if (file !== undefined || !(await list.models()).includes(model)) return NOT_FOUND;
  if (kind === undefined) return { moved: `/${model}/` };
  return kind === '' ? { page: renderModelIndex(await reportsOf(list, model, NEWEST_OF_MODEL)) } : NOT_FOUND;
}

const reportsOf = async (list: ReportList, model: string, most: number) => ({
  model,
  kinds: {
    training: await list.reports(model, 'training', most),
    drift: await list.reports(model, 'drift', most),
  },
});

const modelsOf = async (list: ReportList) =>
  Promise.all((await list.models()).map((model) => reportsOf(list, model, NEWEST_ON_FRONT)));

/** What a list would show: names are checked one by one, and links, which may lead elsewhere, are not listed. */
async function fileAnswer(objects: Objects, path: [model: string, kind: string, file: string]): Promise<Answer> {
  const type = TYPES[/\.(html|json)$/.exec(path[2])?.[1] ?? ''];
  if (type === undefined || !FILE_NAME.test(path[2])) return NOT_FOUND;
  const key = path.join('/');
  if (!(await objects.list(key)).includes(key)) return NOT_FOUND;
  const found = await objects.get(key);
  return found === null ? NOT_FOUND : { file: found.bytes, type };
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if ('refused' in answer) {
    if (answer.refused === 405) response.setHeader('allow', 'GET, HEAD');
    text(request, response, answer.refused, answer.why);
  } else if ('moved' in answer) {
    response.writeHead(308, { ...HEADERS, location: answer.moved }).end();
  } else {
    const body = 'page' in answer ? Buffer.from(answer.page) : answer.file;
    const type = 'page' in answer ? TYPES['html'] : answer.type;
    response.writeHead(200, { ...HEADERS, 'content-type': type, 'content-length': body.length });
    response.end(request.method === 'HEAD' ? undefined : body);
  }
}

function text(request: IncomingMessage, response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' });
  response.end(request.method === 'HEAD' ? undefined : `${why}\n`);
}
