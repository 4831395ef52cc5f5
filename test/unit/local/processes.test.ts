import { describe, expect, it } from 'vitest';
import { environmentFor, type ProcessKind } from '../../../src/local/processes.js';

const SECRETS = {
  MLOPS_CODEC_KEYS: 'ours:a2V5',
  MLOPS_CODEC_KMS_KEYS: 'ours:a2V5',
  MLOPS_ALERT_WEBHOOK: 'https://hooks.example/T0/secret',
  MLOPS_ALERT_SECRET: 'secret of the webhook',
  MLFLOW_TRACKING_PASSWORD: 'password',
  MLFLOW_TRACKING_TOKEN: 'token',
  EVIDENTLY_SECRET: 'secret',
  TEMPORAL_API_KEY: 'key',
  TEMPORAL_TLS_CLIENT_KEY_DATA: 'key',
  AWS_ACCESS_KEY_ID: 'AKIA',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
  AWS_PROFILE: 'prod',
  GITHUB_TOKEN: 'ghp',
  NPM_TOKEN: 'npm',
  DATABASE_URL: 'postgres://u:p@h/d',
  OTEL_EXPORTER_OTLP_HEADERS: 'authorization=x',
  LC_TOKEN: 'what ssh lets through',
  XDG_TOKEN: 'token',
};
const ENVIRONMENT = { ...SECRETS, PATH: '/bin', HOME: '/home/ada', LANG: 'C', MLOPS_HOME: '/h', GOPROXY: 'direct' };
const KINDS: ProcessKind[] = ['temporal-server', 'lambda-endpoint', 'go-build', 'git'];

describe('the environment of a process that the stack starts', () => {
  it.each(KINDS)('holds what %s needs to run, and no secret of others', (kind) => {
    const given = environmentFor(kind, ENVIRONMENT);
    expect(given).toMatchObject({ PATH: '/bin', HOME: '/home/ada', LANG: 'C' });
    for (const name of Object.keys(SECRETS)) expect([name, given[name]]).toEqual([name, undefined]);
  });

  it('holds the settings of the endpoint, and credentials only where captures go to a bucket', () => {
    expect(environmentFor('lambda-endpoint', ENVIRONMENT)).toMatchObject({ MLOPS_HOME: '/h' });
    const given = environmentFor('lambda-endpoint', ENVIRONMENT, { bucket: true });
    expect(given).toMatchObject({ AWS_ACCESS_KEY_ID: 'AKIA', AWS_PROFILE: 'prod' });
    expect(given['MLOPS_CODEC_KEYS']).toBeUndefined();
    expect(environmentFor('go-build', ENVIRONMENT)).toMatchObject({ GOPROXY: 'direct' });
  });
});
