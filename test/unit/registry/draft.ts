import type { ArtifactRef, Estimate, MetricTable } from '../../../src/contracts/values.js';
import { METRIC_NAMES } from '../../../src/contracts/vocabulary.js';
import type { VersionDraft } from '../../../src/registry/registry.js';
import type { ArtifactStore } from '../../../src/store/artifacts.js';

const estimate: Estimate = { value: 0.9, low: 0.8, high: 1 };
const metrics = Object.fromEntries(METRIC_NAMES.map((name) => [name, estimate])) as MetricTable;
const NAME = 'anemia-detection';
const nowhere = (digit: string) => ({ uri: `file:///store/${digit}`, sha256: digit.repeat(64), bytes: 3 });

/** A version whose model bytes have a hash made of one digit, in no store. */
export const draftOf = (digit: string, name = NAME): VersionDraft => draftWith(nowhere, digit, name);

/** The same with artifacts that this store has; different digits of 0 to f are different bytes. */
export async function draftsIn(store: ArtifactStore): Promise<(digit: string, name: string) => VersionDraft> {
  const refs = new Map<string, ArtifactRef>();
  for (const digit of '0123456789abcdef')
    refs.set(digit, await store.put(new TextEncoder().encode(JSON.stringify({ artifact: digit }))));
  return (digit, name) => draftWith((known) => refs.get(known)!, digit, name);
}

const draftWith = (artifact: (digit: string) => ArtifactRef, digit: string, name: string): VersionDraft => ({
  name,
  model: artifact(digit),
  portable: {
    'model.onnx': artifact('5'),
    MLmodel: artifact('6'),
    'requirements.txt': artifact('7'),
    'input_example.json': artifact('8'),
  },
  confidence: 0.95,
  crossValidated: metrics,
  holdout: {
    rows: 21,
    positives: 5,
    metrics,
    confusion: { truePositives: 5, falsePositives: 0, trueNegatives: 16, falseNegatives: 0 },
  },
  gate: { passed: true, checks: [] },
  golden: [{ event: { r: 45 }, expected: { prediction: 1, score: 0.75 } }],
  lineage: {
    workflowId: 'train-1',
    runId: 'run-1',
    datasetUri: 'file:///data.csv',
    datasetSha256: 'd'.repeat(64),
    sourceSha256: 'e'.repeat(64),
    definitionSha256: 'f'.repeat(64),
    codeVersion: '0.1.0',
    commit: 'c'.repeat(40),
    candidate: 'cart',
    origin: { kind: 'person', by: { name: 'ada', proof: 'os-user' } },
    profile: artifact('1'),
    trainingRows: artifact('2'),
    reference: artifact('3'),
    evaluation: artifact('4'),
    definition: artifact('9'),
    matrix: artifact('0'),
    options: { maxDepth: 6, minLeafRows: 3, exactUpToRows: 5000 },
  },
});
