import { z } from 'zod';
import { PipelineFailure } from '../../contracts/failures.js';
import { ensureRun, ensureExperiment, findRuns, keyFilter, RUN_KEY } from './runs.js';
import type { MlflowClient } from './client.js';
import { setRunTags } from './run-data.js';
import { jsonOf } from '../http/exchange.js';
import type { Anchor, AnchoredHead } from '../../registry/stored-anchor.js';

/** Experiment of the runs whose tags are heads, one run a model. */
const EXPERIMENT = 'anchors of model logs';

/** A tag an entry: one that could be set back would do so when its writer is late. */
const TAG = 'mlops.anchor.';
const kept = z.object({ hash: z.string(), signature: z.object({ key: z.string(), value: z.string() }) });

/** Heads as tags of runs on an MLflow server, one that does not hold the registry. */
export function createMlflowAnchor(client: MlflowClient, uri: string, now: () => Date): Anchor {
  const place = `${uri} (experiment "${EXPERIMENT}")`;
  const runsOf = async (filter: string) => findRuns(client, await ensureExperiment(client, EXPERIMENT), filter);
  return {
    place,

    models: async () => [...new Set((await runsOf('')).flatMap(({ tags }) => tags.get(RUN_KEY) ?? []))].sort(),

    async latest(model) {
      let last: AnchoredHead | null = null;
      for (const { tags } of await runsOf(keyFilter(model)))
        for (const [tag, text] of tags) {
          const sequence = tag.startsWith(TAG) ? Number(tag.slice(TAG.length)) : 0;
          if (!(sequence > (last?.sequence ?? 0))) continue;
          const { data } = kept.safeParse(jsonOf(text));
          if (data === undefined)
            throw new PipelineFailure(
              'LogTampered',
              `The tag ${tag} of model ${model} at the anchor ${place} is not the head of a log that was kept there: restore it from a backup of the server.`,
            );
          last = { sequence, ...data };
        }
      return last;
    },

    async put(model, { sequence, hash, signature }) {
      const experimentId = await ensureExperiment(client, EXPERIMENT);
      const draft = { experimentId, key: model, name: `log of ${model}`, startTime: now().getTime(), tags: {} };
      const tag = `${TAG}${String(sequence).padStart(6, '0')}`;
      await setRunTags(client, await ensureRun(client, draft), { [tag]: JSON.stringify({ hash, signature }) });
    },
  };
}
