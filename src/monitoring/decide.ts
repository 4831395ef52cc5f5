import type { MonitoringPolicy } from '../contracts/definition.js';
import type { TimeWindow } from '../contracts/values.js';
import type {
  AlarmState,
  CheckDecision,
  CheckEntry,
  DriftState,
  Episode,
  PerformanceFinding,
  WindowSummary,
  RequestFinding,
} from '../contracts/monitoring.js';
import { counted } from '../contracts/text.js';
import { countedChecks, episodeOf, type Observation, spanOf, stepEpisode, type EpisodeStep } from './episodes.js';

/** One finding of lost performance is enough: it is one beyond its interval already. */
const PERFORMANCE_ALARM = { windows: 1, of: 1 };

/** What a check has found, and what was known before. */
export interface DecisionInput {
  /** As in {@link CheckEntry}. */
  asked?: CheckEntry['asked'];
  model: CheckEntry['model'];
  drift: DriftState;
  driftedCount: number;
  /** Names of some of them. */
  driftedColumns: readonly string[];
  performance: Pick<PerformanceFinding, 'state' | 'found'>;
  requests: Pick<RequestFinding, 'state' | 'maximumShare' | 'found'>;
  window: Pick<WindowSummary, 'from' | 'to' | 'rows'>;
  policy: MonitoringPolicy;
  /** Checks before this one as they were recorded, oldest first, any mode and model; twice `cooldownHours` suffice. */
  earlier: readonly CheckEntry[];
  /** ISO 8601, UTC. */
  now: string;
}

/** What a check says of drift, performance and requests, be it the new one or one before. */
interface Findings {
  drift: DriftState;
  performance: Pick<PerformanceFinding, 'state'>;
  requests: Pick<RequestFinding, 'state'>;
}

/** At least so many checks before a new one are looked at. */
const EARLIER_CHECKS = 200;

/** How many checks `decide` is to be given: two cooldowns of checks, and as many as lie in `alarm.of` windows that do not overlap. */
export const earlierChecks = ({
  everyMinutes,
  windowMinutes,
  drift: { cooldownHours, alarm },
}: MonitoringPolicy): number =>
  Math.max(
    EARLIER_CHECKS,
    2 * (Math.ceil((cooldownHours * 60) / everyMinutes) + alarm.of),
    alarm.of * Math.ceil(windowMinutes / everyMinutes),
  );

const DRIFT_STATES = { drift: 'bad', 'no-drift': 'good', insufficient: 'unknown' } as const;
const PERFORMANCE_STATES = { lost: 'bad', kept: 'good', insufficient: 'unknown', none: 'unknown' } as const;
const REQUEST_STATES = { refused: 'bad', accepted: 'good', none: 'unknown' } as const;

/**
 * Decides what a scheduled check means, from its window and the checks before it.
 *
 * Scheduled checks count that judged the same model since it last began to serve: a new version starts afresh. An
 * episode of drift, of lost performance or of refused requests begins, goes on and ends as `stepEpisode` says; each is
 * alerted once. A window that does not end after the latest one that counts decides nothing, since the clock was put back.
 *
 * Retraining is asked for by every check that confirms an episode (drift in `alarm.windows` of the latest `alarm.of`
 * windows, the newest among them, or lost performance), so that data labelled during the episode are learnt from;
 * `mayRetrain` holds it back. Lost performance is named before drift. Refused requests ask for none: a model that is
 * trained anew reads the same fields.
 */
export function decide(input: DecisionInput): CheckDecision {
  const { model, asked, window, policy, now } = input;
  const { checks, outOfOrder } = countedChecks(input.earlier, model.sha256, { asked, window }, now);
  if (outOfOrder) return undecided(checks, describeOutOfOrder(window, checks));
  const { alarm, cooldownHours } = policy.drift;
  const spans = checks.map((check) => spanOf(check.window));
  const step = (kind: Episode['kind'], stateOf: (found: Findings) => Observation['state'], needed = alarm) =>
    stepEpisode(
      kind,
      checks.map((check, i) => ({
        ...spans[i]!,
        state: stateOf(check),
        episode: episodeOf(kind, check.decision.episodes),
      })),
      { ...spanOf(window), state: stateOf(input) },
      { alarm: needed, cooldownHours },
    );
  const drift = step('drift', (found) => DRIFT_STATES[found.drift]);
  const performance = step('performance', (found) => PERFORMANCE_STATES[found.performance.state], PERFORMANCE_ALARM);
  const requests = step('refused-requests', (found) => REQUEST_STATES[found.requests.state]);
  const steps = [drift, performance, requests];
  const begun = steps.flatMap(({ begins, episode }) => (begins && episode !== null ? [episode] : []));
  const episodes = steps.flatMap(({ episode }) => episode ?? []);
  const causes = { performance, drift };
  const wanted = (['performance', 'drift'] as const).find(
    (kind) => causes[kind].confirmed && causes[kind].episode !== null && policy.retraining.on.includes(kind),
  );
  const judged = [describeDrift(input, drift), describePerformance(input.performance, performance)];
  const refused = describeRefusals(input, requests);
  return {
    state: stateOf(episodes, begun, drift.latest.bad + requests.latest.bad > 0 || performance.confirmed),
    episodes,
    begun,
    retrain: wanted ?? null,
    why: (input.requests.state === 'refused' ? [refused, ...judged] : [...judged, refused]).filter(Boolean).join(' '),
  };
}

function stateOf(episodes: Episode[], begun: Episode[], doubtful: boolean): AlarmState {
  if (begun.length > 0) return 'alarm';
  if (episodes.length > 0) return 'ongoing';
  return doubtful ? 'suspected' : 'quiet';
}

/** Everything stays as the latest check left it. */
function undecided(checks: readonly CheckEntry[], why: string): CheckDecision {
  const { state, episodes } = checks.at(-1)?.decision ?? { state: 'quiet', episodes: [] };
  return { state: state === 'alarm' ? 'ongoing' : state, episodes, begun: [], retrain: null, why };
}

/** Columns named before the rest is counted. */
const NAMED_COLUMNS = 5;

/** Why a window that came out of order decides nothing. */
function describeOutOfOrder(window: TimeWindow, checks: readonly CheckEntry[]): string {
  const latest = checks.at(-1)?.window.to ?? 'unknown';
  return `The window ends at ${window.to}, not after the latest one judged (${latest}): the clock was put back, so this check decides nothing.`;
}

/** What the window says of drift, and how the episode of drift stands. */
function describeDrift(
  { drift, driftedColumns, driftedCount, window, policy }: DecisionInput,
  step: EpisodeStep,
): string {
  const { minimumRows, alarm, cooldownHours } = policy.drift;
  const { bad, windows } = step.latest;
  const latest =
    windows === 0
      ? 'No window had enough rows yet'
      : windows === 1
        ? 'It is the first window with enough rows'
        : `${bad} of the latest ${windows} windows with enough rows drifted`;
  const alarms = `${latest}; ${alarm.windows} of ${alarm.of} make an alarm.`;
  const found = {
    insufficient: `${counted(window.rows, 'row')} ${window.rows === 1 ? 'is' : 'are'} too few to judge drift, ${minimumRows} are needed.`,
    'no-drift': `No drift in ${counted(window.rows, 'row')}.`,
    drift: `Drift in ${counted(window.rows, 'row')}, in ${namesText(driftedColumns, driftedCount)}.`,
  }[drift];
  return [found, alarms, describeEpisode(step, 'drift', `no window drifted for ${counted(cooldownHours, 'hour')}`)]
    .join(' ')
    .trim();
}

/** What the labels say, and how the episode of lost performance stands. */
function describePerformance({ found }: Pick<PerformanceFinding, 'found'>, step: EpisodeStep): string {
  return [found, describeEpisode(step, 'performance', 'performance is kept again')].join(' ').trim();
}

/** Why too many requests were refused, and how their episode stands; nothing where there is neither. */
function describeRefusals({ requests, policy }: DecisionInput, step: EpisodeStep): string {
  const { alarm, cooldownHours } = policy.drift;
  const { bad, windows } = step.latest;
  const latest =
    windows === 1
      ? 'It is the first window with requests'
      : `Too many were in ${bad} of the latest ${windows} windows with requests`;
  const found =
    requests.state === 'refused'
      ? `${requests.found} That is more than the ${percentText(requests.maximumShare)} allowed. ${latest}; ${alarm.windows} of ${alarm.of} make an alarm.`
      : '';
  const end = `in no window were too many refused for ${counted(cooldownHours, 'hour')}`;
  return [found, describeEpisode(step, 'refused-requests', end)].filter(Boolean).join(' ');
}

function describeEpisode(step: EpisodeStep, kind: string, endReason: string): string {
  const { episode, begins, ended, coolingUntil } = step;
  if (ended !== null) return `The ${kind} episode since ${ended.since} ends: ${endReason}.`;
  if (episode !== null && begins) return `A ${kind} episode begins.`;
  if (episode !== null) return `The ${kind} episode since ${episode.since} goes on.`;
  if (coolingUntil !== null) {
    return `No ${kind} episode begins before ${new Date(coolingUntil).toISOString()}, since one ended shortly ago.`;
  }
  return '';
}

/** Three digits are enough. */
const percentText = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;

function namesText(names: readonly string[], count: number): string {
  const named = names.slice(0, NAMED_COLUMNS);
  return count > named.length ? `${named.join(', ')} and ${count - named.length} more` : named.join(', ');
}
