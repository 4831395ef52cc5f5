import type { Definition } from '../../../contracts/definition.js';
import type { IngestResult } from '../../../contracts/results.js';

/** Characters of a dataset's digest and name that MLflow takes. */
const LIMITS = { digest: 36, name: 500 };

/** Element of `datasets` in `runs/log-inputs`; schema, profile and source are JSON of MLflow's own shapes. */
export interface DatasetInput {
  tags: { key: string; value: string }[];
  dataset: { name: string; digest: string; source_type: string; source: string; schema: string; profile: string };
}

/**
 * The table that was learned from, by file name, columns and number of rows, never by its values. The digest is one half
 * of the source's hash and one of the hash of the rows that were kept, because MLflow keeps one schema and profile per
 * name and digest, and another definition may keep others of the same file.
 */
export function datasetInput({ columns }: Definition, ingested: IngestResult): DatasetInput {
  const half = LIMITS.digest / 2;
  const schema = [
    ...columns.map(({ name, impute }) => ({ type: 'double', name, required: impute === 'none' })),
    { type: 'integer', name: 'label', required: true },
  ];
  const profile = {
    num_rows: ingested.rows,
    num_elements: ingested.rows * schema.length,
    positives: ingested.positives,
    rejected: ingested.rejected,
  };
  return {
    tags: [{ key: 'mlflow.data.context', value: 'training' }],
    dataset: {
      name: fileName(ingested.uri).slice(0, LIMITS.name),
      digest: `${ingested.sourceSha256.slice(0, half)}${ingested.dataset.sha256.slice(0, half)}`,
      ...sourceOf(ingested.uri),
      schema: JSON.stringify({ mlflow_colspec: schema }),
      profile: JSON.stringify(profile),
    },
  };
}

/** Of MLflow's own source types, with the field that each of them reads. */
function sourceOf(uri: string): Pick<DatasetInput['dataset'], 'source_type' | 'source'> {
  const place = withoutSecrets(uri);
  return /^https?:/i.test(place)
    ? { source_type: 'http', source: JSON.stringify({ url: place }) }
    : { source_type: 'local', source: JSON.stringify({ uri: place }) };
}

const withoutSecrets = (uri: string) => uri.replace(/[?#].*$/s, '').replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1');

const fileName = (uri: string) =>
  withoutSecrets(uri)
    .replace(/^[^:]+:\/\/[^/]*/, '')
    .split('/')
    .at(-1) || 'data set';
