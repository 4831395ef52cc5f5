import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { printable } from '../contracts/text.js';
import { childEnvironment, writeChildRuntime, type HandlerResult } from './child.js';
import type { CodeStore, FunctionConfig, FunctionRecord } from './state.js';
import { arnOf, configOf, resolveVersion } from './functions.js';
import type { Metrics } from './metrics.js';
import { createPool, type Pool, stopping } from './pool.js';
import { ApiError } from './wire.js';

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

/** What functions run with. */
export interface RuntimeOptions {
  /** The endpoint's, for the program of the child processes. */
  directory: string;
  code: CodeStore;
  /** Draws for weighted aliases in [0, 1). */
  random: () => number;
  /** How long an unused child process is kept. */
  idleMilliseconds: number;
  /** Takes every invocation and throttle. */
  metrics: Metrics;
  onLog(line: string, source: LogSource): void;
}

/** What an invocation gave, and which version answered it. */
export interface Execution extends HandlerResult {
  requestId: string;
  executedVersion: string;
}

/** Runs functions in child processes, one pool per version. */
export interface Runtime {
  /**
   * Never rejects because of the function; throws `ApiError` for an unknown qualifier and when throttled.
   * @param clientContext JSON text for `context.clientContext`
   */
  invoke(
    record: Readonly<FunctionRecord>,
    qualifier: string | null,
    payload: string,
    clientContext?: string | null,
  ): Promise<Execution>;
  metrics(functionName: string): Record<string, VersionMetrics>;
  /** Ends every child. */
  close(): Promise<void>;
}

/** Prepares the child's program under `directory` and starts without any child. */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const runtimeFile = await writeChildRuntime(options.directory);
  const pools = new Map<string, { pool: Pool; revision: string }>();
  const totals = new Map<string, Map<string, VersionMetrics>>();
  /** Of code or configuration that was replaced: what ran then goes on. */
  const retired: Pool[] = [];
  const concurrency = createConcurrency();

  let closed = false;

  const poolOf = (name: string, version: string, config: FunctionConfig): Pool => {
    const key = `${name}:${version}`;
    const known = pools.get(key);
    if (known?.revision === config.revisionId) return known.pool;
    if (known) {
      void known.pool.close(false); // it never fails: children that are told to end do
      retired.push(known.pool);
    }
    const pool = createPool(
      {
        runtimeFile,
        folder: options.code.folder(config.codeSha256),
        memorySize: config.memorySize,
        env: childEnvironment(name, version, config),
        onLine: (line) => options.onLog(line, { functionName: name, version }),
      },
      options.idleMilliseconds,
    );
    pools.set(key, { pool, revision: config.revisionId });
    return pool;
  };

  const countersOf = (name: string, version: string): VersionMetrics => {
    const versions = totals.get(name) ?? new Map<string, VersionMetrics>();
    totals.set(name, versions);
    const counters = versions.get(version) ?? { requests: 0, errors: 0, totalDuration: 0, maxDuration: 0 };
    versions.set(version, counters);
    return counters;
  };

  return {
    async invoke(record, qualifier, payload, clientContext = null) {
      if (closed) throw stopping();
      const executedVersion = resolveVersion(record, qualifier, options.random);
      const config = configOf(record, executedVersion);
      const functionName = record.name;
      const resource = qualifier === null ? functionName : `${functionName}:${qualifier}`;
      const origin = { functionName, resource, executedVersion, at: Date.now() };
      const requestId = randomUUID();
      const run = async (): Promise<HandlerResult> => {
        const leave = concurrency.enter(record);
        try {
          return await poolOf(functionName, executedVersion, config).invoke({
            id: requestId,
            payload,
            arn: arnOf(functionName, qualifier),
            timeoutSeconds: config.timeout,
            clientContext,
          });
        } finally {
          leave();
        }
      };
      const start = performance.now();
      const result = await run().catch((error: unknown) => {
        if (error instanceof ApiError && error.type === 'TooManyRequestsException') options.metrics.throttle(origin);
        throw error;
      });
      count(countersOf(functionName, executedVersion), performance.now() - start, result.failed);
      options.metrics.invocation(origin, result.milliseconds, result.failed);
      return { ...result, requestId, executedVersion };
    },
    metrics: (functionName) => Object.fromEntries(totals.get(functionName) ?? []),
    async close() {
      closed = true;
      const current = [...pools.values()].map(({ pool }) => pool);
      await Promise.all([...retired, ...current].map((pool) => pool.close(true)));
    },
  };
}

/** The default log: one file per function, lines of all its versions. */
export function fileLog(directory: string): RuntimeOptions['onLog'] {
  const folder = join(directory, 'logs');
  mkdirSync(folder, { recursive: true });
  return (line, { functionName }) => appendFileSync(join(folder, `${functionName}.log`), `${printable(line)}\n`);
}

function count(counters: VersionMetrics, duration: number, failed: boolean): void {
  counters.requests++;
  if (failed) counters.errors++;
  counters.totalDuration += duration;
  counters.maxDuration = Math.max(counters.maxDuration, duration);
}

/** Keeps the executions of every function within its reserved concurrency. */
interface Concurrency {
  /**
   * Counts an execution until the returned function is called; one that waits for a process counts, on AWS it would run.
   * @throws ApiError `TooManyRequestsException` when all of the reservation is in use; a reservation of 0 refuses all
   */
  enter(record: Readonly<FunctionRecord>): () => void;
}

/** Starts without executions. */
function createConcurrency(): Concurrency {
  const running = new Map<string, number>();
  return {
    enter({ name, reservedConcurrency = Infinity }) {
      const count = running.get(name) ?? 0;
      if (count >= reservedConcurrency) {
        throw new ApiError(
          'TooManyRequestsException',
          `Rate Exceeded: ${name} reserves ${reservedConcurrency} concurrent executions; retry later or reserve more.`,
          'ReservedFunctionConcurrentInvocationLimitExceeded',
        );
      }
      running.set(name, count + 1);
      return () => {
        const left = (running.get(name) ?? 1) - 1;
        if (left === 0) running.delete(name);
        else running.set(name, left);
      };
    },
  };
}
