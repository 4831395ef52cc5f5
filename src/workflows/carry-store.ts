import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import type { WorkflowInterceptors } from '@temporalio/workflow';
import { type OfStore, STORE_HEADER } from '../contracts/pipeline.js';

/** Tells each activity of a run of which store the run is, so that a worker of another one can refuse it. */
export const interceptors = (): WorkflowInterceptors => {
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
  };
};
