import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config/config.js';

const serverOf = (environment: Record<string, string>) => readConfig({ ...environment }).evidently;

describe('the Evidently server of a configuration', () => {
  const EVIDENTLY_URL = 'https://evidently.example:8000/base';

  it('is none unless it is named', () => {
    expect(serverOf({})).toBeNull();
    expect(serverOf({ EVIDENTLY_URL: ' ', EVIDENTLY_SECRET: 'unused' })).toBeNull();
  });

  it('is asked with its secret or without one', () => {
    expect(serverOf({ EVIDENTLY_URL })).toEqual({ url: EVIDENTLY_URL, secret: null });
    expect(serverOf({ EVIDENTLY_URL, EVIDENTLY_SECRET: ' s3cret ' })).toEqual({ url: EVIDENTLY_URL, secret: 's3cret' });
  });

  it.each([
    [{ EVIDENTLY_URL: './workspace' }, 'is not the http: or https: address'],
    [{ EVIDENTLY_URL: 's3://bucket' }, 'is not the http: or https: address'],
    [{ EVIDENTLY_URL: 'http://me:hidden@evidently.example' }, 'has a user name or password in it'],
    [{ EVIDENTLY_URL: 'http://evidently.example/?key=hidden' }, 'has a query'],
    [{ EVIDENTLY_URL, EVIDENTLY_SECRET: 'hidden\nline' }, 'characters that a header cannot carry'],
  ])('is refused with %j', (environment, problem) => {
    const asked = () => serverOf(environment);
    expect(asked).toThrow(problem);
    expect(asked).not.toThrow('hidden');
  });
});
