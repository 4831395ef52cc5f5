import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config/config.js';

const mlflowOf = (environment: Record<string, string>) => readConfig({ ...environment }).mlflow;

describe('the MLflow server of a configuration', () => {
  const MLFLOW_TRACKING_URI = 'https://mlflow.example:5000/base';

  it('is none unless it is named', () => {
    expect(mlflowOf({})).toBeNull();
    expect(mlflowOf({ MLFLOW_TRACKING_URI: ' ' })).toBeNull();
  });

  it('is asked with a name and a password, a token or nothing, as MLflow itself does', () => {
    const user = { MLFLOW_TRACKING_USERNAME: 'pipeline', MLFLOW_TRACKING_PASSWORD: 'secret' };
    const token = { MLFLOW_TRACKING_TOKEN: 'secret' };
    expect(mlflowOf({ MLFLOW_TRACKING_URI })).toEqual({ uri: MLFLOW_TRACKING_URI, authorization: null });
    expect(mlflowOf({ MLFLOW_TRACKING_URI, ...token })?.authorization).toEqual({ token: 'secret' });
    expect(mlflowOf({ MLFLOW_TRACKING_URI, ...token, ...user })?.authorization).toEqual({
      username: 'pipeline',
      password: 'secret',
    });
  });

  it.each([
    ['sqlite:///mlflow.db', 'is not the http: or https: address'],
    ['./mlruns', 'is not the http: or https: address'],
    ['http://pipeline:secret@mlflow.example', 'has a user name or password in it'],
  ])('is refused at %s', (uri, problem) => {
    const asked = () => mlflowOf({ MLFLOW_TRACKING_URI: uri });
    expect(asked).toThrow(problem);
    expect(asked).not.toThrow('secret');
  });
});
