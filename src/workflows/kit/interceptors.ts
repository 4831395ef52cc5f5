import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import { ApplicationFailure, log, type WorkflowInterceptors } from '@temporalio/workflow';
import { type FailureType, isPlainMark, plainRefusal } from '../../contracts/failures.js';
import { type OfStore, STORE_HEADER } from '../../contracts/names.js';

const TYPE: FailureType = 'PayloadPlain';

/** What every workflow runs behind: no plain payload where it must be encrypted, and each activity told of its run's store. */
export const interceptors = (): WorkflowInterceptors => {
  const [refuse, carry] = [refusePlain(), carryStore()];
  return {
    inbound: [...refuse.inbound, ...carry.inbound],
    outbound: [...refuse.outbound, ...carry.outbound],
  };
};

/** Refuses what came unencrypted where it must not, before a workflow's own code sees it. */
const refusePlain = () =>
  ({
    inbound: [
      {
        execute: (input, next) => checked(input.args, 'The input of this run') ?? next(input),
        validateUpdate(input, next) {
          refuse(input.args, `The update ${input.name}`);
          next(input);
        },
        handleQuery: (input, next) => checked(input.args, 'The argument of a query') ?? next(input),
        handleSignal(input, next) {
          if (!input.args.some(isPlainMark)) return next(input);
          log.warn(plainRefusal('A signal, which is ignored,')); // it has nobody to answer to
          return Promise.resolve();
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next(input).then(ofActivity(input)),
        scheduleLocalActivity: (input, next) => next(input).then(ofActivity(input)),
        startChildWorkflowExecution: (input, next) =>
          next(input).then(([started, ended]) => {
            const answer = ended.then((result) => taken(result, `The result of the workflow ${input.workflowType}`));
            // Of a child that could not be started, nobody waits for the end; what is told then is that it was not started.
            answer.catch(() => undefined);
            return [started, answer];
          }),
      },
    ],
  }) satisfies WorkflowInterceptors;

/** Tells each activity of a run of which store the run is, so that a worker of another one can refuse it. */
const carryStore = () => {
  let store: string | undefined;
  const withStore = <T extends { headers: Headers }>(input: T): T =>
    store === undefined
      ? input
      : { ...input, headers: { ...input.headers, [STORE_HEADER]: defaultPayloadConverter.toPayload(store) } };
  return {
    inbound: [
      {
        execute(input, next) {
          ({ store } = (input.args[0] ?? {}) as Partial<OfStore>);
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next(withStore(input)),
        scheduleLocalActivity: (input, next) => next(withStore(input)),
      },
    ],
  } satisfies WorkflowInterceptors;
};

const ofActivity =
  ({ activityType }: { activityType: string }) =>
  (result: unknown) =>
    taken(result, `The result of the activity ${activityType}`);

function taken(value: unknown, what: string): unknown {
  refuse([value], what);
  return value;
}

function refuse(values: unknown[], what: string): void {
  if (values.some(isPlainMark)) throw ApplicationFailure.nonRetryable(plainRefusal(what), TYPE);
}

/** A rejection: an error thrown at once would fail the workflow task, which is tried again for ever. */
function checked(values: unknown[], what: string): Promise<never> | undefined {
  return values.some(isPlainMark)
    ? Promise.reject(ApplicationFailure.nonRetryable(plainRefusal(what), TYPE))
    : undefined;
}
