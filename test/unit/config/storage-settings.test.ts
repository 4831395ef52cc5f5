import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config/config.js';

describe('where things are kept', () => {
  it('is in files unless told otherwise', () => {
    const { storage, captureUri } = readConfig({ MLOPS_HOME: '/srv/mlops' });
    expect(storage).toEqual({ base: null, s3: { endpoint: null, region: null, kmsKey: null } });
    expect(captureUri).toBe('file:///srv/mlops/capture');
  });

  it('is in a bucket by MLOPS_STORAGE, captures too unless they have an address of their own', () => {
    const env = { MLOPS_STORAGE: 's3://models/team/', AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_REGION: 'eu-west-1' };
    const { storage, captureUri } = readConfig({ ...env, MLOPS_S3_KMS_KEY: 'alias/models' });
    expect(storage).toEqual({
      base: 's3://models/team',
      s3: { endpoint: 'http://127.0.0.1:1', region: 'eu-west-1', kmsKey: 'alias/models' },
    });
    expect(captureUri).toBe('s3://models/team/capture');
    expect(readConfig({ ...env, MLOPS_CAPTURE: 's3://captures' }).captureUri).toBe('s3://captures');
    expect(readConfig({ ...env, MLOPS_CAPTURE: '/srv/capture' }).captureUri).toBe('file:///srv/capture');
  });

  it.each([
    [{ MLOPS_STORAGE: '/srv/models' }, 'MLOPS_STORAGE is not an address of a bucket'],
    [{ MLOPS_STORAGE: 's3:///models' }, 'MLOPS_STORAGE is not an address of a bucket'],
    [{ MLOPS_CAPTURE: 's3://Models' }, 'MLOPS_CAPTURE is not an address of a bucket'],
    [{ MLOPS_CAPTURE: 'https://models' }, 'MLOPS_CAPTURE is neither'],
  ])('refuses %j', (env, sentence) => expect(() => readConfig(env)).toThrow(sentence));
});
