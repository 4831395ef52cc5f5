import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import type { CodeStore } from './code-store.js';
import type { HandlerResult } from './child.js';
import { resolveVersion } from './aliases.js';
import { ApiError } from './errors.js';
import { configOf } from './functions.js';
import { createPool, type Pool } from './pool.js';
import { writeWhole, type FunctionConfig, type FunctionRecord } from './state.js';

/** Where a line of a function's output came from. */
export interface LogSource {
  functionName: string;
  version: string;
}

/** Counts of one version since the endpoint was started. */
export interface VersionMetrics {
  requests: number;
  errors: number;
  /** Milliseconds, waiting for a free process included. */
  totalDuration: number;
  maxDuration: number;
}

export interface RuntimeOptions {
  directory: string;
  code: CodeStore;
  random: () => number;
  idleMilliseconds: number;
  onLog(line: string, source: LogSource): void;
}

export interface Execution extends HandlerResult {
  requestId: string;
  executedVersion: string;
}

/** Runs functions in child processes, one pool per version. */
export interface Runtime {
  /** Never rejects because of the function; throws `ApiError` for an unknown qualifier and when throttled. */
  invoke(record: Readonly<FunctionRecord>, qualifier: string | null, payload: string): Promise<Execution>;
  metrics(functionName: string): Record<string, VersionMetrics>;
  /** Ends every child. */
  close(): Promise<void>;
}

/** Region and account in the names of local resources. */
const ARN_PREFIX = 'arn:aws:lambda:us-east-1:000000000000:function:';

/** ARN of a function or of one of its versions or aliases. */
export function arnOf(functionName: string, qualifier: string | null = null): string {
  return `${ARN_PREFIX}${functionName}${qualifier === null ? '' : `:${qualifier}`}`;
}

/** Prepares the child's program under `directory` and starts without any child. */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const runtimeFile = await writeChildRuntime(options.directory);
  const pools = new Map<string, { pool: Pool; revision: string }>();
  const metrics = new Map<string, Map<string, VersionMetrics>>();
  const retiring = new Set<Promise<void>>();

  let closed = false;

  const poolOf = (name: string, version: string, config: FunctionConfig): Pool => {
    const key = `${name}:${version}`;
    const known = pools.get(key);
    if (known?.revision === config.revisionId) return known.pool;
    if (known) {
      const retired = known.pool.close(false).finally(() => retiring.delete(retired));
      retiring.add(retired);
    }
    const pool = createPool(
      {
        runtimeFile,
        folder: options.code.folder(config.codeSha256),
        memorySize: config.memorySize,
        env: environment(name, version, config),
        onLine: (line) => options.onLog(line, { functionName: name, version }),
      },
      options.idleMilliseconds,
    );
    pools.set(key, { pool, revision: config.revisionId });
    return pool;
  };

  const countersOf = (name: string, version: string): VersionMetrics => {
    const versions = metrics.get(name) ?? new Map<string, VersionMetrics>();
    metrics.set(name, versions);
    const counters = versions.get(version) ?? { requests: 0, errors: 0, totalDuration: 0, maxDuration: 0 };
    versions.set(version, counters);
    return counters;
  };

  return {
    async invoke(record, qualifier, payload) {
      if (closed) throw new ApiError('ServiceException', 'The local Lambda endpoint is stopping; start it and retry.');
      const executedVersion = resolveVersion(record, qualifier, options.random);
      const config = configOf(record, executedVersion);
      const counters = countersOf(record.name, executedVersion);
      const requestId = randomUUID();
      const start = performance.now();
      const result = await poolOf(record.name, executedVersion, config).invoke({
        id: requestId,
        payload,
        arn: arnOf(record.name, qualifier),
        timeoutSeconds: config.timeout,
      });
      const duration = performance.now() - start;
      counters.requests++;
      if (result.failed) counters.errors++;
      counters.totalDuration += duration;
      counters.maxDuration = Math.max(counters.maxDuration, duration);
      return { ...result, requestId, executedVersion };
    },
    metrics: (functionName) => Object.fromEntries(metrics.get(functionName) ?? []),
    async close() {
      closed = true;
      await Promise.all([...pools.values()].map(({ pool }) => pool.close(true)));
      await Promise.all(retiring);
    },
  };
}

/** The default log: one file per function, lines of all its versions. */
export function fileLog(directory: string): RuntimeOptions['onLog'] {
  const folder = join(directory, 'logs');
  mkdirSync(folder, { recursive: true });
  return (line, { functionName }) => appendFileSync(join(folder, `${functionName}.log`), `${line}\n`);
}

/** Only what Lambda promises a function, and its own variables; nothing of this process's environment but PATH. */
function environment(name: string, version: string, config: FunctionConfig): Record<string, string> {
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
async function writeChildRuntime(directory: string): Promise<string> {
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
