import type { FieldValue } from '../contracts/learner.js';
import type { StepVerdict, DeployInput } from '../contracts/pipeline.js';
import { HOUR_MS } from '../contracts/text.js';
import { sampleRows } from '../data/read.js';
import type { VersionCounts } from '../deploy/deployer.js';
import { parseModelDocument } from '../model/model-document.js';
import { judgeAgreement, judgeCounts } from '../deploy/traffic-rules.js';
import { trafficInput } from './inputs/deployment.js';
import { inputsOf } from './inputs/parse.js';
import type { Ports } from './ports.js';

/** A step of a deployment that is to be judged. */
export interface TrafficInput {
  input: DeployInput;
  /** Function versions. */
  candidate: string;
  former: string;
  /** Registered version behind the former one, `null` when unknown. */
  champion: number | null;
  /** Begin of the step, milliseconds since the epoch. */
  since: number;
  /** Now, by the workflow's clock. */
  until: number;
}

/** How far back the former version's latency is looked for: it may have few requests left during the step. */
const FORMER_WINDOW_MS = HOUR_MS;

type Row = Record<string, FieldValue>;

/** Judge a version on trial by what it did with real requests, or with requests of our own. */
export function createJudgeActivities({
  registry,
  store,
  deployer,
  running,
  now,
}: Pick<Ports, 'registry' | 'store' | 'deployer' | 'running' | 'now'>) {
  /** Rows like those that callers send now: of the data set that the former version learned from, if that is known. */
  async function formerRows({ input, champion }: TrafficInput, count: number): Promise<Row[]> {
    const { model, lineage } = await registry.version(input.model.name, champion ?? input.model.version);
    const names = parseModelDocument(await store.get(model)).features.map(({ name }) => name);
    const path = await store.localPath({ uri: '', sha256: lineage.datasetSha256, bytes: 0 });
    const rows = await sampleRows(path, names, count, running().signal);
    return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? null])));
  }

  /** Predictions of a version, `null` when it refuses or fails the batch. */
  async function predictionsOf(functionName: string, qualifier: string, instances: Row[]): Promise<unknown[] | null> {
    const request = { functionName, qualifier, event: { instances }, purpose: 'probe' as const };
    const { payload, functionError } = await deployer.invoke(request, running());
    const found = payload as { predictions?: unknown } | null;
    return functionError === null && Array.isArray(found?.predictions) ? (found.predictions as unknown[]) : null;
  }

  /** Requests through the alias that a version answered in [from, to), milliseconds since the epoch. */
  const countsOf = ({ input }: TrafficInput, functionVersion: string, from: number, to: number) => {
    const { functionName, alias } = input.policy;
    return deployer.counts({ functionName, alias, functionVersion, from: new Date(from), to: new Date(to) }, running());
  };

  async function agreement(traffic: TrafficInput): Promise<StepVerdict['checks'][number]> {
    const { functionName, judge } = traffic.input.policy;
    const rows = await formerRows(traffic, judge.agreementRows);
    const former = await predictionsOf(functionName, traffic.former, rows);
    const candidate = former && (await predictionsOf(functionName, traffic.candidate, rows));
    return judgeAgreement(judge, traffic.former, { rows: rows.length, candidate, former });
  }

  return {
    /** By the requests through the alias since the step began. */
    async judgeTraffic(traffic: TrafficInput): Promise<StepVerdict> {
      const { former, since, until } = traffic;
      const [ours, theirs] = await Promise.all([
        countsOf(traffic, traffic.candidate, since, until),
        countsOf(traffic, former, since - FORMER_WINDOW_MS, until),
      ]);
      return judgeCounts(traffic.input.policy.judge, ours, theirs, await agreement(traffic));
    },

    /**
     * By requests of our own, sent to both versions by turns. What callers met since the step began counts too: those
     * may fail where ours do not, and metrics that came too late for the step are there by now.
     */
    async probeVersions(traffic: TrafficInput): Promise<StepVerdict> {
      const { functionName, judge } = traffic.input.policy;
      const rows = await formerRows(traffic, judge.minimumRequests);
      const agreed = await agreement(traffic);
      const tally = (): { errors: number; times: number[] } => ({ errors: 0, times: [] });
      const [ours, theirs] = [tally(), tally()];
      const enough = judge.maxErrorShare * judge.minimumRequests;
      for (let i = 0; i < judge.minimumRequests && ours.errors <= enough; i++)
        for (const [qualifier, counted] of [
          [traffic.former, theirs],
          [traffic.candidate, ours],
        ] as const) {
          const from = performance.now();
          const event = rows[i % rows.length];
          const answer = await deployer.invoke({ functionName, qualifier, event, purpose: 'probe' }, running());
          counted.times.push(performance.now() - from);
          if (answer.functionError !== null) counted.errors++;
        }
      const called = await countsOf(traffic, traffic.candidate, traffic.since, now().getTime());
      const found = {
        ...inCounts(ours),
        // Broken off because of errors, it counts as if all had been asked.
        requests: judge.minimumRequests + called.requests,
        errors: ours.errors + called.errors,
      };
      // The former version's number says only that it was asked as often, also where it was broken off.
      return judgeCounts(judge, found, { ...inCounts(theirs), requests: judge.minimumRequests }, agreed);
    },
  };
}

function inCounts({ errors, times }: { errors: number; times: number[] }): VersionCounts {
  const sorted = times.sort((a, b) => a - b);
  return { requests: sorted.length, errors, medianMs: sorted[sorted.length >> 1] ?? null };
}

/** Stage and schema of each. */
export const JUDGE_INPUTS = inputsOf<ReturnType<typeof createJudgeActivities>>()({
  judgeTraffic: { stage: 'deploy', input: trafficInput },
  probeVersions: { stage: 'deploy', input: trafficInput },
});
