import { expect, it } from 'vitest';
import { ledgerSettings } from '../../../src/config/trust-settings.js';

it.each([
  [{}, { trusted: [], anchor: null }],
  [{ MLOPS_LOG_TRUST: ` ${'A'.repeat(64)}, ${'b'.repeat(64)},` }, { trusted: ['a'.repeat(64), 'b'.repeat(64)] }],
  [{ MLOPS_ANCHOR: 'file:///mnt/worm/a.jsonl' }, { anchor: { kind: 'file', path: '/mnt/worm/a.jsonl' } }],
  [{ MLOPS_ANCHOR: 'file:/mnt/a.jsonl' }, { anchor: { kind: 'file', path: '/mnt/a.jsonl' } }],
  [{ MLOPS_ANCHOR: 's3://bucket/prefix/' }, { anchor: { kind: 's3', uri: 's3://bucket/prefix', days: 365 } }],
  [{ MLOPS_ANCHOR: 's3://bucket', MLOPS_ANCHOR_DAYS: '30' }, { anchor: { kind: 's3', uri: 's3://bucket', days: 30 } }],
  [
    { MLOPS_ANCHOR: 'mlflow:https://other', MLFLOW_TRACKING_URI: 'https://registry', MLFLOW_TRACKING_TOKEN: 't' },
    { anchor: { kind: 'mlflow', server: { uri: 'https://other', authorization: { token: 't' } } } },
  ],
])('%j', (env, settings) => {
  expect(ledgerSettings(env)).toMatchObject(settings);
});

it.each([
  [{ MLOPS_LOG_TRUST: 'abc' }, 'MLOPS_LOG_TRUST is not a list of fingerprints'],
  [{ MLOPS_ANCHOR: '/mnt/a' }, 'MLOPS_ANCHOR is no place for anchors: give file:/path'],
  [{ MLOPS_ANCHOR: 'file:' }, 'MLOPS_ANCHOR is no place'],
  [{ MLOPS_ANCHOR: 'file://server/share' }, 'MLOPS_ANCHOR is no place'],
  [{ MLOPS_ANCHOR: 's3:/x' }, 'MLOPS_ANCHOR is not an address of a bucket'],
  [{ MLOPS_ANCHOR: 's3://bucket', MLOPS_ANCHOR_DAYS: '0' }, 'MLOPS_ANCHOR_DAYS is not a number of days'],
  [{ MLOPS_ANCHOR: 'mlflow:' }, 'has no address behind mlflow:'],
  [{ MLOPS_ANCHOR: 'mlflow:ftp://server' }, 'MLOPS_ANCHOR is not the http: or https: address of a server'],
  [{ MLOPS_ANCHOR: 'mlflow:https://me:hidden@server' }, 'MLOPS_ANCHOR has a user name or password in it'],
  [{ MLOPS_ANCHOR: 'mlflow:http://m:5000', MLFLOW_TRACKING_URI: 'http://m:5000/' }, 'name another place'],
])('%j is refused with the remedy', (env, message) => {
  expect(() => ledgerSettings(env)).toThrow(message);
});
