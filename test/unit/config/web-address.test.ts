import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config/config.js';

const PASSWORD = 'pa55word';
const FORMS = [
  `http://user:${PASSWORD}@host:5000`,
  `http:user:${PASSWORD}@host:5000`,
  `HTTP:/user:${PASSWORD}@host:5000`,
  `https:\\\\user:${PASSWORD}@host`,
  `https://${PASSWORD}@host`,
];
/** What else each needs. */
const VARIABLES: [string, Record<string, string>][] = [
  ['MLOPS_UI', {}],
  ['MLFLOW_TRACKING_URI', {}],
  ['EVIDENTLY_URL', {}],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', {}],
  ['AWS_ENDPOINT_URL', {}],
  ['AWS_ENDPOINT_URL_S3', {}],
  ['AWS_ENDPOINT_URL_KMS', {}],
  ['AWS_ENDPOINT_URL_STS', {}],
];

const refusal = (env: Record<string, string>): string => {
  try {
    readConfig(env);
  } catch (error) {
    return (error as Error).message;
  }
  return 'taken';
};

describe.each(VARIABLES)('%s', (name, others) => {
  it.each(FORMS)('takes no user and no password, and does not repeat it: %s', (address) => {
    const reported = refusal({ ...others, [name]: address });
    expect(reported).toMatch(new RegExp(`^${name} has a user name or password in it`));
    expect(reported).not.toContain(PASSWORD);
  });

  it('takes no query, which may be a key, and no other scheme', () => {
    expect(refusal({ ...others, [name]: `http://host/?token=${PASSWORD}` })).toMatch(/query or a fragment/);
    expect(refusal({ ...others, [name]: 'javascript:alert(1)' })).toMatch(/is not (an|the) http: or https: address/);
    expect(refusal({ ...others, [name]: 'http://host:5000/path/' })).toBe('taken');
  });
});
