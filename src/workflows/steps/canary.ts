import { ApplicationFailure, sleep } from '@temporalio/workflow';
import type { StepVerdict, DeployInput } from '../../contracts/pipeline.js';
import type { TrafficStep } from '../../contracts/definition.js';
import { shownBy } from '../../contracts/identity.js';
import { deploymentOf } from '../../contracts/names.js';
import { HOUR_MS, MINUTE_MS, secondText } from '../../contracts/text.js';
import { decisionScripts } from '../kit/details.js';
import { cloud, on } from '../kit/profiles.js';
import type { Decisions } from './decisions.js';

/** Probes are sent one by one, and a function may take its time for each. */
const probing = { ...cloud, startToCloseTimeout: '1 hour' } as const;

/** A step is looked at this many times at most while it bakes, and no more often than once a minute. */
const LOOKS_PER_STEP = 5;

/** A version that waits for requests is looked at less and less often, down to four times a day. */
const LONGEST_PAUSE_MS = 6 * HOUR_MS;
const SHORTEST_PAUSE_MS = 1000;

interface Trial {
  input: DeployInput;
  candidate: string;
  former: string;
  champion: number | null;
  decisions: Decisions;
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
  let verdict: StepVerdict | null = null;
  do {
    const left = end - Date.now();
    const pause = Math.min(left, Math.max(MINUTE_MS, (bakeSeconds * 1000) / LOOKS_PER_STEP));
    trial.tell(`${shown}, until ${secondText(new Date(end).toISOString())} UTC${inWords(verdict)}`);
    if (pause > 0) await sleep(pause, { summary: `${shown}, bake` });
    verdict = await judge(trial, since);
    if (verdict.state === 'bad') throw failed(shown, verdict);
  } while (Date.now() < end);

  if (verdict.state === 'insufficient' && trial.input.policy.judge.insufficient === 'probe') {
    trial.tell(`${shown}: too few requests to judge (${lacking(verdict)}), so probes are sent`);
    const window = { ...facts(trial), since, until: Date.now() };
    verdict = await on(probing, 'probe both versions').probeVersions(window);
    if (verdict.state === 'bad') throw failed(shown, verdict);
  }
  try {
    if (verdict.state === 'insufficient') await hold(trial, { step: { percent, bakeSeconds }, shown, since, verdict });
  } finally {
    trial.decisions.close();
  }
}

const facts = ({ input, candidate, former, champion }: Trial) => ({ input, candidate, former, champion });

const judge = (trial: Trial, since: number) =>
  on(cloud, 'judge the traffic').judgeTraffic({ ...facts(trial), since, until: Date.now() });

/** A step that has baked with too few requests to judge. */
interface Undecided {
  step: TrafficStep;
  /** The step in words. */
  shown: string;
  /** Its begin, milliseconds since the epoch. */
  since: number;
  verdict: StepVerdict;
}

/** Holds until there are enough requests or a person decides. @throws CanaryFailed on a rejection or a bad verdict */
async function hold(trial: Trial, { step, shown, since, verdict: first }: Undecided): Promise<void> {
  const { input, decisions, tell } = trial;
  const { model, policy } = input;
  let pause = Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, step.bakeSeconds * 1000));
  for (let verdict = first; verdict.state === 'insufficient';) {
    const about = `${shown}, with too few requests to judge (${lacking(verdict)})`;
    decisions.open({ model, about });
    tell(
      `**Holding** at ${about}. It goes on when there are more; a person may let it go on, or back, before:\n\n` +
        decisionScripts(deploymentOf(policy.functionName), model.sha256),
    );
    let decided = await decisions.wait(pause);
    if (decided === null) {
      verdict = await judge(trial, since);
      decided = decisions.taken();
    }
    if (decided !== null) {
      const { decision, by, proof, because } = decided;
      await on(cloud).recordDecision({ model, decision, by, proof, because });
      if (decision === 'approved') return;
      throw ApplicationFailure.nonRetryable(
        `${shownBy(by, proof)} stopped it at ${step.percent} %: ${because}`,
        'CanaryFailed',
      );
    }
    if (verdict.state === 'bad') throw failed(shown, verdict);
    pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
  }
}

/** The checks of a verdict as a list. */
const inWords = (verdict: StepVerdict | null) =>
  verdict === null
    ? ''
    : `\n\nSo far ${verdict.requests} requests:\n\n` +
      verdict.checks.map(({ rule, passed, found }) => `- ${passed ? '✔' : '✘'} ${rule}: ${found}`).join('\n');

/** What a verdict's checks lacked. */
const lacking = ({ checks }: StepVerdict) =>
  checks
    .filter(({ passed }) => !passed)
    .map(({ rule, found }) => `${rule}, found ${found}`)
    .join('; ');

const failed = (shown: string, verdict: StepVerdict) =>
  ApplicationFailure.nonRetryable(`With ${shown}: ${lacking(verdict)}.`, 'CanaryFailed');
