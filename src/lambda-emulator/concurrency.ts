import { bodyOf, type Call, type Route, type RouteContext } from './call.js';
import { ApiError, invalidParameter } from './errors.js';
import { functionNamed } from './functions.js';
import { integerOf } from './parameters.js';
import { concurrencyShape } from './shapes.js';
import type { FunctionRecord } from './state.js';
import { sendJson } from './wire.js';

/** Largest reservation. AWS has a limit per account instead, which does not exist here. */
const MAX_RESERVED = 100_000;

/** Keeps the executions of every function within its reserved concurrency. */
export interface Concurrency {
  /**
   * Counts an execution until the returned function is called; one that waits for a process counts, on AWS it would run.
   * @throws ApiError `TooManyRequestsException` when all of the reservation is in use; a reservation of 0 refuses all
   */
  enter(record: Readonly<FunctionRecord>): () => void;
}

/** Starts without executions. */
export function createConcurrency(): Concurrency {
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

/** Reading and changing the reserved concurrency of a function. */
export function concurrencyRoutes({ state }: RouteContext): Route[] {
  const change = ({ name, qualifier }: Call, reserved: number | null): void => {
    if (qualifier !== null) throw invalidParameter('FunctionName', 'without a version or alias here');
    state.update((functions) => {
      const record = functionNamed(functions, name);
      if (reserved === null) delete record.reservedConcurrency;
      else record.reservedConcurrency = reserved;
    });
  };
  return [
    [
      'PUT',
      '/2017-10-31/functions/{}/concurrency',
      async (call) => {
        const reserved = integerOf(await bodyOf(call), 'ReservedConcurrentExecutions', -1, 0, MAX_RESERVED);
        change(call, reserved);
        sendJson(call.response, 200, { ReservedConcurrentExecutions: reserved });
      },
    ],
    [
      'GET',
      '/2019-09-30/functions/{}/concurrency',
      ({ response, name }) => sendJson(response, 200, concurrencyShape(functionNamed(state.list(), name))),
    ],
    [
      'DELETE',
      '/2017-10-31/functions/{}/concurrency',
      (call) => {
        change(call, null);
        sendJson(call.response, 204);
      },
    ],
  ];
}
