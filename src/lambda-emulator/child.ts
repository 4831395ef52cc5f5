import { transform } from 'esbuild';
import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { writeWhole, type FunctionConfig } from './state.js';

/** How to start a child: which code, under which limits and variables. */
export interface ChildSpec {
  /** Plain JavaScript file that the child runs. */
  runtimeFile: string;
  /** Folder of the unpacked code, the child's working directory. */
  folder: string;
  /** MiB of JavaScript heap, and on Linux of all that the code takes. */
  memorySize: number;
  env: Record<string, string>;
  onLine: (line: string) => void;
}

/** The answer of a handler: JSON text, and whether it describes a function error. */
export interface HandlerResult {
  payload: string;
  failed: boolean;
  /** How long the handler ran; 0 when it was never called. Loading the code does not count, as on AWS. */
  milliseconds: number;
}

/** One invocation, as a child process takes it. */
export interface ChildRequest {
  id: string;
  /** JSON text. */
  payload: string;
  arn: string;
  /** JSON text, `null` when the caller gave none. */
  clientContext: string | null;
  timeoutSeconds: number;
}

/** A process that runs one version of a function, one request at a time. */
export interface Child {
  readonly alive: boolean;
  /** Never rejects: crash, time-out and failed start are results. Call it again only after it has resolved. */
  invoke: (request: ChildRequest) => Promise<HandlerResult>;
  /** Ends the process; resolves when it is gone and its output was read. */
  stop: () => Promise<void>;
}

/** Lambda's own limit on loading the code. */
const INIT_TIMEOUT_SECONDS = 10;
const MAX_RESULT_BYTES = 6 * 1024 * 1024;

interface ChildMessage {
  ready?: true;
  initError?: ErrorPayload;
  id?: string;
  result?: string;
  error?: ErrorPayload;
}

interface ErrorPayload {
  errorType: string;
  errorMessage: string;
}

/** Starts a child. Its environment is the given one and nothing of the parent's. */
export function startChild(spec: ChildSpec): Child {
  const process_ = fork(spec.runtimeFile, [], {
    cwd: spec.folder,
    env: spec.env,
    execArgv: [`--max-old-space-size=${spec.memorySize}`],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'json',
  });
  let waiting: ((message: ChildMessage | null) => void) | null = null;
  let early: ChildMessage | null = null;
  let alive = true;
  let ready = false;
  let current = '';
  const pid = process_.pid ?? null; // none when it could not be started
  const unwatch = pid === null ? () => undefined : watchMemory(pid, spec.memorySize, () => kill(process_));
  const settle = (message: ChildMessage | null): void => {
    const resolve = waiting;
    waiting = null;
    if (resolve) resolve(message);
    else early = message;
  };
  const end = (): void => {
    alive = false;
    unwatch();
    settle(null);
  };
  process_.on('message', (message) => {
    const { id } = message as ChildMessage; // written by child-runtime.ts
    if (id === undefined || id === current) settle(message as ChildMessage);
  });
  process_.on('exit', end);
  process_.on('error', end);
  const closed = new Promise<void>((resolve) => process_.on('close', () => resolve()));
  for (const input of [process_.stdout!, process_.stderr!]) createInterface({ input }).on('line', spec.onLine);

  const next = (seconds: number): Promise<ChildMessage | 'timeout' | null> =>
    new Promise((resolve) => {
      if (early ?? !alive) {
        resolve(early);
        early = null;
        return;
      }
      const timer = setTimeout(() => {
        waiting = null;
        kill(process_);
        resolve('timeout');
      }, seconds * 1000);
      waiting = (message) => {
        clearTimeout(timer);
        resolve(message);
      };
    });

  return {
    get alive() {
      return alive;
    },
    invoke: async ({ id, payload, arn, clientContext, timeoutSeconds }) => {
      let start: number | null = null;
      const done = (result: string, failed: boolean): HandlerResult => ({
        payload: result,
        failed,
        milliseconds: start === null ? 0 : performance.now() - start,
      });
      const fail = (errorType: string, errorMessage: string): HandlerResult => {
        alive = false;
        kill(process_);
        return done(JSON.stringify({ errorType, errorMessage }), true);
      };
      if (!ready) {
        const message = await next(INIT_TIMEOUT_SECONDS);
        if (message === 'timeout')
          return fail('Sandbox.Timedout', `Init timed out after ${INIT_TIMEOUT_SECONDS}.00 seconds`);
        if (message === null) return fail('Runtime.ExitError', `RequestId: ${id} Error: Runtime exited during init`);
        if (message.initError) return fail(message.initError.errorType, message.initError.errorMessage);
        ready = true;
      }
      current = id;
      start = performance.now();
      const deadline = Date.now() + timeoutSeconds * 1000;
      if (alive) process_.send({ id, payload, arn, clientContext, deadline }, () => undefined);
      const message = await next(timeoutSeconds);
      if (message === 'timeout') {
        return fail(
          'Sandbox.Timedout',
          `RequestId: ${id} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
        );
      }
      if (message === null) {
        const how =
          process_.signalCode === null ? `exit status ${process_.exitCode ?? 1}` : `signal ${process_.signalCode}`;
        return fail('Runtime.ExitError', `RequestId: ${id} Error: Runtime exited with error: ${how}`);
      }
      if (message.error) return done(JSON.stringify(message.error), true);
      const result = message.result ?? 'null';
      if (Buffer.byteLength(result) <= MAX_RESULT_BYTES) return done(result, false);
      const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_RESULT_BYTES} bytes).`;
      return done(JSON.stringify({ errorType: 'Function.ResponseSizeTooLarge', errorMessage }), true);
    },
    stop() {
      alive = false;
      kill(process_);
      return closed;
    },
  };
}

function kill(child: ChildProcess): void {
  child.kill('SIGKILL');
}

/** Only what Lambda promises a function, and its own variables; nothing of this process's environment but PATH. */
export function childEnvironment(name: string, version: string, config: FunctionConfig): Record<string, string> {
  return {
    ...config.environment,
    PATH: process.env['PATH'] ?? '',
    TZ: ':UTC',
    _HANDLER: config.handler,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memorySize),
  };
}

/** Transforms `child-runtime` to plain JavaScript once, so that children start without a TypeScript loader. */
export async function writeChildRuntime(directory: string): Promise<string> {
  const extension = extname(import.meta.url);
  const source = readFileSync(fileURLToPath(new URL(`./child-runtime${extension}`, import.meta.url)), 'utf8');
  const { code } = await transform(source, {
    loader: extension === '.ts' ? 'ts' : 'js',
    format: 'esm',
    target: 'node20',
  });
  const file = join(directory, 'runtime', 'child-runtime.mjs');
  writeWhole(file, code);
  return file;
}

const LOOK_EVERY_MS = 100;

/** MiB that Node itself takes in a child; the limit of a function is about what its code takes. */
const RUNTIME_MIB = 64;

/**
 * Looks at a process's memory as the system counts it, buffers included, which V8's limit on its heap leaves out.
 * Only Linux tells; elsewhere that limit is the only one.
 * @param limitMiB what the code may take
 * @returns ends the watch
 */
function watchMemory(pid: number, limitMiB: number, onExceeded: () => void): () => void {
  const timer = setInterval(() => {
    void residentMiB(pid).then((found) => {
      if (found > limitMiB + RUNTIME_MIB) onExceeded();
    });
  }, LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
}

/** 0 where it is unknown. */
async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
}
