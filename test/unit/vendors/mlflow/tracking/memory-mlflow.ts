import { type MlflowClient, MlflowRefusal } from '../../../../../src/vendors/mlflow/client.js';

export interface MemoryRun {
  id: string;
  experiment: string;
  name: string;
  status: string;
  /** Not deleted. */
  active: boolean;
  startTime: number;
  endTime: number | null;
  tags: Map<string, string>;
  params: Map<string, string>;
  /** In the order they came; two equal points are two. */
  metrics: { key: string; value: number; step: number; timestamp: number }[];
  inputs: Map<string, unknown>;
}

type Pair = { key: string; value: string };
type Body = Record<string, unknown>;

const NAME = /^[/\w.\- :]*$/;

/** An answer on its way back is lost; the operation is done. */
export class AnswerLost extends Error {}

/**
 * What MLflow keeps of runs, as far as the tracker uses it: parameters are written once, points are appended, runs are
 * found by tags, keys and values are bounded. `loseAnswer` is asked after every request that changed something.
 */
export function createMemoryMlflow(loseAnswer: (path: string) => boolean = () => false) {
  const experiments = new Map<string, string>();
  const runs = new Map<string, MemoryRun>();
  const artifacts = new Map<string, Uint8Array>();
  let requests = 0;
  let made = 0; // ids descend: those of MLflow have no order

  const runOf = (id: unknown): MemoryRun => {
    const run = runs.get(String(id));
    if (run === undefined) throw new MlflowRefusal('RESOURCE_DOES_NOT_EXIST', `No run ${String(id)}`);
    return run;
  };
  const activeRunOf = (id: unknown): MemoryRun => {
    const run = runOf(id);
    if (!run.active) throw new MlflowRefusal('INVALID_PARAMETER_VALUE', `Run ${run.id} must be in the 'active' state`);
    return run;
  };

  const calls: Record<string, (body: Body) => unknown> = {
    'experiments/get-by-name': ({ experiment_name }) => {
      const id = experiments.get(String(experiment_name));
      if (id === undefined) throw new MlflowRefusal('RESOURCE_DOES_NOT_EXIST', 'No experiment');
      return { experiment: { experiment_id: id, name: experiment_name, lifecycle_stage: 'active' } };
    },
    'experiments/create': ({ name }) => {
      if (experiments.has(String(name))) throw new MlflowRefusal('RESOURCE_ALREADY_EXISTS', 'Experiment exists');
      experiments.set(String(name), String(experiments.size + 1));
      return { experiment_id: experiments.get(String(name)) };
    },
    'runs/create': ({ experiment_id, run_name, start_time, tags }) => {
      const run: MemoryRun = {
        ...{ id: `run${999 - made++}`, experiment: String(experiment_id), name: String(run_name), status: 'RUNNING' },
        active: true,
        ...{ startTime: Number(start_time), endTime: null, tags: new Map(), params: new Map(), metrics: [] },
        inputs: new Map(),
      };
      setTags(run, tags);
      runs.set(run.id, run);
      return { run: answerOf(run) };
    },
    'runs/get': ({ run_id }) => ({ run: answerOf(runOf(run_id)) }),
    'runs/search': ({ experiment_ids, filter }) => {
      const wanted = conditionsOf(filter as string);
      const found = [...runs.values()].filter(
        (run) =>
          run.active &&
          (experiment_ids as string[]).includes(run.experiment) &&
          wanted.every(({ key, value }) => run.tags.get(key) === value),
      );
      return { runs: found.map(answerOf) };
    },
    'runs/update': ({ run_id, status, end_time }) => {
      const run = activeRunOf(run_id);
      Object.assign(run, { status: status ?? run.status, endTime: end_time ?? run.endTime });
      return { run_info: answerOf(run).info };
    },
    'runs/delete': ({ run_id }) => {
      runOf(run_id).active = false; // may be deleted again
      return {};
    },
    'runs/log-parameter': ({ run_id, key, value }) => calls['runs/log-batch']!({ run_id, params: [{ key, value }] }),
    'runs/set-tag': ({ run_id, key, value }) => {
      setTags(activeRunOf(run_id), [{ key, value }]);
      return {};
    },
    'runs/log-batch': ({ run_id, metrics = [], params = [], tags = [] }) => {
      const run = activeRunOf(run_id);
      const points = metrics as MemoryRun['metrics'];
      const settings = params as Pair[];
      if (points.length > 1000 || settings.length > 100 || (tags as Pair[]).length > 100)
        throw new MlflowRefusal('INVALID_PARAMETER_VALUE', 'More than a batch may hold');
      for (const { key, value } of settings) {
        requireKey(key, value, 6000);
        if ((run.params.get(key) ?? value) !== value)
          throw new MlflowRefusal('INVALID_PARAMETER_VALUE', `Parameter ${key} has another value`);
      }
      for (const { key, value, step, timestamp } of points) {
        requireKey(key, '', 0);
        if (![value, step, timestamp].every(Number.isFinite))
          throw new MlflowRefusal('INVALID_PARAMETER_VALUE', `Metric ${key} is not a number`);
      }
      for (const { key, value } of settings) run.params.set(key, value);
      setTags(run, tags);
      run.metrics.push(...points);
      return {};
    },
    'runs/log-inputs': ({ run_id, datasets }) => {
      const run = activeRunOf(run_id);
      for (const input of datasets as { dataset: { name: string; digest: string } }[]) {
        const { name, digest } = input.dataset;
        if (digest.length > 36) throw new MlflowRefusal('INVALID_PARAMETER_VALUE', 'Digest is too long');
        if (!run.inputs.has(`${name}/${digest}`)) run.inputs.set(`${name}/${digest}`, input);
      }
      return {};
    },
    'metrics/get-history': ({ run_id, metric_key }) => ({
      metrics: runOf(run_id).metrics.filter(({ key }) => key === metric_key),
    }),
  };

  const answer = (path: string, body: Body, changes: boolean): unknown => {
    requests++;
    const call = calls[path];
    if (call === undefined) throw new Error(`${path} is not modelled`);
    const result: unknown = JSON.parse(JSON.stringify(call(JSON.parse(JSON.stringify(body)) as Body)));
    if (changes && loseAnswer(path)) throw new AnswerLost(path);
    return result;
  };

  const client: MlflowClient = {
    get: (path, query, shape) => settled(() => shape.parse(answer(path, query, false))),
    send: (_, path, body, shape) =>
      settled(() => shape.parse(answer(path, body as Body, !path.endsWith('search') && !path.endsWith('get')))),
    putArtifact: (path, bytes) =>
      settled(() => {
        requests++;
        artifacts.set(path, bytes);
        if (loseAnswer(`artifacts/${path}`)) throw new AnswerLost(path);
      }),
    getArtifact: (path) => Promise.resolve(artifacts.get(path) ?? null),
  };

  return {
    client,
    experiments,
    artifacts,
    requests: () => requests,
    /** Without deleted ones. */
    runs: () => [...runs.values()].filter(({ active }) => active),
    /** The only run with this name. */
    run(name: string): MemoryRun {
      const found = [...runs.values()].filter((run) => run.active && run.name === name);
      if (found.length !== 1) throw new Error(`${found.length} runs are called ${name}`);
      return found[0]!;
    },
  };
}

export type MemoryMlflow = ReturnType<typeof createMemoryMlflow>;

const settled = <T>(act: () => T): Promise<T> => new Promise((resolve) => resolve(act()));

function setTags(run: MemoryRun, tags: unknown): void {
  for (const { key, value } of (tags ?? []) as Pair[]) {
    requireKey(key, value, 8000);
    run.tags.set(key, value);
  }
}

function requireKey(key: string, value: string, longest: number): void {
  if (!NAME.test(key) || key.length > 250 || key === '')
    throw new MlflowRefusal('INVALID_PARAMETER_VALUE', `${key} is no key`);
  if (typeof value !== 'string' || value.length > longest)
    throw new MlflowRefusal('INVALID_PARAMETER_VALUE', `The value of ${key} is no text of at most ${longest}`);
}

const answerOf = (run: MemoryRun) => ({
  info: {
    run_id: run.id,
    run_uuid: run.id,
    run_name: run.name,
    experiment_id: run.experiment,
    status: run.status,
    start_time: run.startTime,
    end_time: run.endTime ?? undefined,
    artifact_uri: `mlflow-artifacts:/${run.experiment}/${run.id}/artifacts`,
    lifecycle_stage: run.active ? 'active' : 'deleted',
  },
  data: {
    tags: [...run.tags].map(([key, value]) => ({ key, value })),
    params: [...run.params].map(([key, value]) => ({ key, value })),
    metrics: [...new Map(run.metrics.map((point) => [point.key, point])).values()],
  },
  inputs: { dataset_inputs: [...run.inputs.values()] },
});

/** Of a filter like `tags.a = 'x' AND tags."b" = 'y'`. */
function conditionsOf(filter: string): Pair[] {
  if (filter === '') return [];
  return filter.split(/ and /i).map((text) => {
    const [, key, value] = /^tags?\.[`"]?([\w.\- /]+)[`"]? = '([^']*)'$/.exec(text.trim()) ?? [];
    if (key === undefined || value === undefined) throw new Error(`The filter ${filter} is not modelled`);
    return { key, value };
  });
}
