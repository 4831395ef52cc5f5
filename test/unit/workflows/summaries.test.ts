import { expect, it } from 'vitest';
import { fileName } from '../../../src/workflows/kit/summaries.js';

it.each([
  ['/data/scores #2.csv', 'scores #2.csv'],
  ['file:///data/scores.csv?version=2#part', 'scores.csv'],
  ['https://example.org/tables/scores.csv?token=secret', 'scores.csv'],
  ['s3://bucket/tables/scores.parquet', 'scores.parquet'],
  ['https://example.org', 'data set'],
])('a data set at %s is called %s', (uri, name) => {
  expect(fileName(uri)).toBe(name);
});
