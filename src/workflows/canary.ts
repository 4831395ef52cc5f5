import { ApplicationFailure, proxyActivities, sleep } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { StepVerdict, TrafficStep } from '../contracts/deployment.js';
import type { DeployInput } from '../contracts/pipeline.js';
import type { takeDecisions } from './decisions.js';
import { cloud } from './profiles.js';

const { judgeTraffic, probeVersions, recordDecision } = proxyActivities<Activities>(cloud);

/** A step is looked at this many times at most while it bakes, and no more often than once a minute. */
const LOOKS_PER_STEP = 5;
const MINUTE_MS = 60_000;

/** A version that waits for requests is looked at less and less often, down to once an hour. */
const LONGEST_PAUSE_MS = 60 * MINUTE_MS;
const SHORTEST_PAUSE_MS = 1000;

interface Trial {
  input: DeployInput;
  candidate: string;
  former: string;
  champion: number | null;
  decisions: ReturnType<typeof takeDecisions>;
  tell: (step: string) => void;
}

/**
 * Lets a step bake and judges it: returns when the new version may have more traffic.
 * @throws CanaryFailed when it did badly, or a person said so while there were too few requests to tell
 */
export async function proveStep(trial: Trial, { percent, bakeSeconds }: TrafficStep): Promise<void> {
  const since = Date.now();
  const end = since + bakeSeconds * 1000;
  const shown = `${percent} % to function version ${trial.candidate}`;
  let verdict: StepVerdict;
  do {
    const left = end - Date.now();
    const pause = Math.min(left, Math.max(MINUTE_MS, (bakeSeconds * 1000) / LOOKS_PER_STEP));
    trial.tell(`${shown}, until ${new Date(end).toISOString()}`);
    if (pause > 0) await sleep(pause, { summary: `${shown}, bake` });
    verdict = await judge(trial, since);
    if (verdict.state === 'bad') throw failed(shown, verdict);
  } while (Date.now() < end);

  let pause = Math.max(SHORTEST_PAUSE_MS, bakeSeconds * 1000);
  while (verdict.state === 'insufficient') {
    if (trial.input.policy.judge.insufficient === 'probe') {
      trial.tell(`${shown}: ${verdict.requests} requests are too few to judge, so probes are sent`);
      verdict = await probeVersions.executeWithOptions({ ...cloud, summary: 'probe both versions' }, [
        { ...facts(trial), since, until: Date.now() },
      ]);
    } else if (await approvedWhileHolding(trial, shown, verdict, pause)) return;
    else {
      pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
      verdict = await judge(trial, since);
    }
    if (verdict.state === 'bad') throw failed(shown, verdict);
  }
}

const facts = ({ input, candidate, former, champion }: Trial) => ({ input, candidate, former, champion });

const judge = (trial: Trial, since: number) =>
  judgeTraffic.executeWithOptions({ ...cloud, summary: 'judge the traffic' }, [
    { ...facts(trial), since, until: Date.now() },
  ]);

/** Holds until a person decides or the pause is over. @throws CanaryFailed on a rejection */
async function approvedWhileHolding(trial: Trial, shown: string, { requests }: StepVerdict, pause: number) {
  const { input, decisions, tell } = trial;
  const { model, policy } = input;
  const about = `${shown}, but only ${requests} of ${policy.judge.minimumRequests} requests: too few to judge`;
  const command = (verb: string) =>
    `npm run ${verb} -- deploy-${policy.functionName} --model ${model.sha256.slice(0, 12)} --by "..." --because "..."`;
  tell(
    `**Holding** at ${about}. It goes on when there are more; a person may decide before:\n\n` +
      `- to go on: \`${command('approve')}\`\n- to go back: \`${command('reject')}\``,
  );
  const decided = await decisions.ask({ model, about }, pause);
  if (decided === null) return false;
  const { decision, by, because } = decided;
  await recordDecision({ model, decision, by, because });
  if (decision === 'approved') return true;
  throw ApplicationFailure.nonRetryable(`${by} stopped it at ${percentOf(shown)}: ${because}`, 'CanaryFailed');
}

const percentOf = (shown: string) => shown.split(' to ')[0]!;

function failed(shown: string, { checks }: StepVerdict): ApplicationFailure {
  const broken = checks.filter(({ passed }) => !passed).map(({ rule, found }) => `${rule}, found ${found}`);
  return ApplicationFailure.nonRetryable(`With ${shown}: ${broken.join('; ')}.`, 'CanaryFailed');
}
