import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';

describe('how a worker runs', () => {
  it('is everything at once, without health server and versions, unless told otherwise', () => {
    expect(readConfig({}).worker).toEqual({
      role: 'all',
      shutdownGraceSeconds: 3,
      healthPort: null,
      version: null,
      slots: 'fixed',
    });
  });

  it('is what the environment says', () => {
    const env = {
      MLOPS_WORKER_ROLE: 'compute',
      MLOPS_SHUTDOWN_GRACE: '100',
      MLOPS_HEALTH_PORT: '8081',
      MLOPS_DEPLOYMENT_NAME: 'mlops',
      MLOPS_BUILD_ID: '1.2.3',
      MLOPS_SLOTS: 'resource-based',
    };
    expect(readConfig(env).worker).toEqual({
      role: 'compute',
      shutdownGraceSeconds: 100,
      healthPort: 8081,
      version: { deploymentName: 'mlops', buildId: '1.2.3' },
      slots: 'resource-based',
    });
  });

  it.each([
    [{ MLOPS_WORKER_ROLE: 'boss' }, 'MLOPS_WORKER_ROLE is none of all, workflow, compute'],
    [{ MLOPS_SHUTDOWN_GRACE: 'soon' }, 'MLOPS_SHUTDOWN_GRACE is not a time'],
    [{ MLOPS_SHUTDOWN_GRACE: '-1' }, 'MLOPS_SHUTDOWN_GRACE is not a time'],
    [{ MLOPS_HEALTH_PORT: '0' }, 'MLOPS_HEALTH_PORT is not a port'],
    [{ MLOPS_BUILD_ID: '1' }, 'belong together'],
    [{ MLOPS_DEPLOYMENT_NAME: 'a.b', MLOPS_BUILD_ID: '1' }, 'has a dot'],
    [{ MLOPS_SLOTS: 'many' }, 'MLOPS_SLOTS is none of fixed, resource-based'],
  ])('is refused where it is %j', (env, sentence) => expect(() => readConfig(env)).toThrow(sentence));
});
