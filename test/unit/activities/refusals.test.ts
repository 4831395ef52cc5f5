import { ApplicationFailure, type Context } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { expect, it } from 'vitest';
import { activityInterceptor } from '../../../src/activities/interceptor.js';
import { MlflowRefusal } from '../../../src/vendors/mlflow/client.js';
import { exampleOf } from './inputs/examples.js';

/** What a run is told of an activity that ends with this error. */
async function reported(error: Error): Promise<unknown> {
  const environment = new MockActivityEnvironment(
    { activityType: 'registerModel' },
    {
      interceptors: [(context: Context) => ({ inbound: activityInterceptor(context) })],
      logger: new DefaultLogger('ERROR'),
    },
  );
  return environment.run(() => Promise.reject(error), exampleOf('registerModel')).catch((reason: unknown) => reason);
}

it.each(['RESOURCE_DOES_NOT_EXIST', 'INVALID_PARAMETER_VALUE', 'PERMISSION_DENIED'])(
  'what MLflow refuses with %s ends the run by name, as no retry mends it',
  async (code) => {
    const failure = await reported(new MlflowRefusal(code, 'MLflow refused runs/get: No run'));
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({
      ...{ type: 'RegistryUnusable', nonRetryable: true },
      message: `MLflow refused runs/get: No run (${code}); mend that in MLflow and run again.`,
    });
  },
);

it.each(['BAD_REQUEST', 'RESOURCE_ALREADY_EXISTS', 'INTERNAL_ERROR'])(
  'what MLflow refuses with %s is tried again, as it may come of a race',
  async (code) => {
    const refusal = new MlflowRefusal(code, 'MLflow refused runs/create: UNIQUE constraint failed');
    expect(await reported(refusal)).toBe(refusal);
  },
);
