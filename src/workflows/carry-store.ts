import { defaultPayloadConverter } from '@temporalio/common';
import type { WorkflowInterceptors } from '@temporalio/workflow';
import { type OfStore, STORE_HEADER } from '../contracts/pipeline.js';

/** Tells each activity of a run of which store the run is, so that a worker of another one can refuse it. */
export const interceptors = (): WorkflowInterceptors => {
  let store: string | undefined;
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
        scheduleActivity(input, next) {
          if (store === undefined) return next(input);
          const header = defaultPayloadConverter.toPayload(store);
          return next({ ...input, headers: { ...input.headers, [STORE_HEADER]: header } });
        },
      },
    ],
  };
};
