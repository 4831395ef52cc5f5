import { readdirSync, readFileSync } from 'node:fs';
import type { Activities } from '../../../../src/activities/index.js';
import { parseDefinition } from '../../../../src/definition/definition.js';
import { minimal } from '../../../support/definitions.js';

interface Payloads {
  payloads: { data: string }[];
}

interface Event {
  activityTaskScheduledEventAttributes?: { activityType: { name: string }; input: Payloads };
  workflowExecutionStartedEventAttributes?: { workflowType: { name: string }; input: Payloads };
}

const HISTORIES = new URL('../../../replay/histories/', import.meta.url);

/** Inputs as they were recorded, by the name of what was given them. */
const recorded = new Map<string, unknown[]>();
for (const file of readdirSync(HISTORIES)) {
  const { events } = JSON.parse(readFileSync(new URL(file, HISTORIES), 'utf8')) as { events: Event[] };
  for (const {
    activityTaskScheduledEventAttributes: activity,
    workflowExecutionStartedEventAttributes: workflow,
  } of events) {
    const name = activity?.activityType.name ?? workflow?.workflowType.name;
    const payload = (activity ?? workflow)?.input.payloads[0];
    if (name === undefined || payload === undefined) continue;
    const input: unknown = JSON.parse(Buffer.from(payload.data, 'base64').toString());
    recorded.set(name, [...(recorded.get(name) ?? []), input]);
  }
}

const first = (name: string) => recorded.get(name)?.[0];

type Input<K extends keyof Activities> = Parameters<Activities[K]>[0];

const deployment = first('publishModel') as Input<'publishModel'>;
const trained = first('crossValidateCandidate') as Input<'crossValidateCandidate'>;
const artifact = trained.matrix;
const estimate = { value: 0.9, low: 0.8, high: 1 };
const searched = parseDefinition(
  { ...minimal(), candidates: [{ kind: 'cart', search: { method: 'grid', options: { maxDepth: [2, 3] } } }] },
  'a test',
);
const [candidate] = searched.candidates;
const { trials } = candidate!.search!;
const of = { definition: { ...searched, candidates: [] }, candidate: candidate!, reuse: true };

/** Of activities that no recorded run came to. */
const made: { [K in keyof Activities]?: Input<K> } = {
  checkInput: { workflow: 'trainingPipeline', input: {} },
  nestedCrossValidate: { ...of, matrix: artifact, trials, repeat: 0 },
  concludeSearch: {
    ...of,
    trials: trials.map((options) => ({ options, value: estimate, warnings: [] })),
    nested: [{ scores: artifact, warnings: [] }],
    warnings: [{ code: 'search-cut-short', message: 'It was cut short.' }],
  },
  identifyPerson: {
    statement: {
      ...{ kind: 'decision', verb: 'approve', workflowId: 'train-1', runId: 'run-1', question: 1, because: 'so' },
      model: deployment.model,
    },
    claim: { by: 'ada', at: '2026-11-29T10:00:00.000Z', evidence: { kind: 'signed', signature: 'AAAA' } },
    received: '2026-11-29T10:00:01.000Z',
  },
  restoreChampion: { input: deployment, champion: null },
  recordRollback: { input: deployment, reason: 'The deployment was cancelled.' },
  withdrawRetraining: { definition: searched, run: 'retrain-churn/run' },
  pushSnapshot: first('reportCheck') as Input<'reportCheck'>,
};

/** An input that this activity or workflow takes, as Temporal would hand it over. */
export function exampleOf(name: string): unknown {
  const input = recorded.get(name)?.at(-1) ?? made[name as keyof Activities];
  if (input === undefined) throw new Error(`There is no example of an input of ${name}: add one here.`);
  return JSON.parse(JSON.stringify(input)) as unknown;
}
