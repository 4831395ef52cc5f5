/** A run as the server tells of it, with the whole history of each metric. */
export interface ReadRun {
  id: string;
  name: string;
  status: string;
  tags: Record<string, string>;
  params: Record<string, string>;
  metrics: Record<string, { value: number; step: number; timestamp: number }[]>;
  datasets: { name: string; digest: string; source_type: string; source: string; schema: string; profile: string }[];
}

type Pair = { key: string; value: string };

interface Answered {
  info: { run_id: string; run_name: string; status: string };
  data: { tags?: Pair[]; params?: Pair[]; metrics?: { key: string }[] };
  inputs?: { dataset_inputs?: { dataset: ReadRun['datasets'][number] }[] };
}

/** Reads what an MLflow server has, over its REST interface and by no code of ours. */
export function mlflowReader(uri: string) {
  const ask = async <T>(path: string, body?: object): Promise<T> => {
    const response = await fetch(`${uri}/api/2.0/mlflow/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };

  const readRun = async ({ info, data, inputs }: Answered): Promise<ReadRun> => {
    const { run_id: id, run_name: name, status } = info;
    const keys = (data.metrics ?? []).map(({ key }) => key);
    const histories = await Promise.all(
      keys.map(async (key) => {
        const query = new URLSearchParams({ run_id: id, metric_key: key, max_results: '1000' });
        type History = { metrics: { value: number; step?: number | string; timestamp: number }[] };
        const { metrics } = await ask<History>(`metrics/get-history?${query.toString()}`);
        const points = metrics.map(({ value, step, timestamp }) => ({ value, step: Number(step ?? 0), timestamp }));
        return [key, points.sort((a, b) => a.step - b.step)] as const;
      }),
    );
    return {
      ...{ id, name, status },
      tags: asRecord(data.tags),
      params: asRecord(data.params),
      metrics: Object.fromEntries(histories),
      datasets: (inputs?.dataset_inputs ?? []).map(({ dataset }) => dataset),
    };
  };

  return {
    ask,

    /** All runs of an experiment by its name, deleted ones too. */
    async runs(experiment: string): Promise<ReadRun[]> {
      const query = new URLSearchParams({ experiment_name: experiment });
      const found = await ask<{ experiment: { experiment_id: string } }>(`experiments/get-by-name?${query.toString()}`);
      const body = { experiment_ids: [found.experiment.experiment_id], max_results: 1000, run_view_type: 'ALL' };
      const { runs = [] } = await ask<{ runs?: Answered[] }>('runs/search', body);
      return Promise.all(runs.map(readRun));
    },

    /** Text of an artifact of a run. */
    async artifact({ id }: ReadRun, path: string): Promise<string> {
      const { run } = await ask<{ run: { info: { artifact_uri: string } } }>(`runs/get?run_id=${id}`);
      const root = run.info.artifact_uri.replace(/^mlflow-artifacts:\/*/, '');
      const response = await fetch(`${uri}/api/2.0/mlflow-artifacts/artifacts/${root}/${path}`);
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      return response.text();
    },
  };
}

const asRecord = (pairs: Pair[] = []) => Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
