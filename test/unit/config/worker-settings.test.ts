import { rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config/config.js';
import { makeDirectory } from '../../support/temp.js';

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

  it('computes on every processor, or on as many as it may', () => {
    expect(readConfig({})).toMatchObject({
      computeThreads: availableParallelism(),
      computeSlots: availableParallelism(),
    });
    expect(readConfig({ MLOPS_COMPUTE_THREADS: '3' })).toMatchObject({ computeThreads: 3, computeSlots: 3 });
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
    [{ MLOPS_COMPUTE_THREADS: '0' }, 'MLOPS_COMPUTE_THREADS is not a number of threads'],
    [{ MLOPS_COMPUTE_THREADS: '1.5' }, 'MLOPS_COMPUTE_THREADS is not a number of threads'],
    [{ MLOPS_HEALTH_PORT: '0' }, 'MLOPS_HEALTH_PORT is not a port'],
    [{ MLOPS_BUILD_ID: '1' }, 'belong together'],
    [{ MLOPS_DEPLOYMENT_NAME: 'a.b', MLOPS_BUILD_ID: '1' }, 'has a dot'],
    [{ MLOPS_SLOTS: 'many' }, 'MLOPS_SLOTS is none of fixed, resource-based'],
  ])('is refused where it is %j', (env, sentence) => expect(() => readConfig(env)).toThrow(sentence));
});

it('connects as a profile of Temporal says, which a file may hold', async ({ onTestFinished }) => {
  const directory = await makeDirectory();
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 'temporal.toml');
  await writeFile(
    file,
    '[profile.cloud]\naddress = "cloud.example:7233"\nnamespace = "mine.a1b2c"\napi_key = "secret"\n',
  );
  const config = readConfig({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'cloud' });
  expect(config).toMatchObject({
    externalTemporal: true,
    namespace: 'mine.a1b2c',
    temporal: { connectionOptions: { address: 'cloud.example:7233', apiKey: 'secret', tls: true } },
  });
  expect(readConfig({}).externalTemporal).toBe(false);
});
