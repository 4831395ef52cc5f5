import type {
  AlarmState,
  CheckDecision,
  CheckEntry,
  DriftState,
  Episode,
  PerformanceFinding,
  WindowSummary,
} from '../contracts/monitoring.js';
import type { RequestFinding } from '../contracts/requests.js';
import type { MonitoringPolicy } from '../contracts/monitoring-policy.js';
import { countedChecks } from './counted-checks.js';
import { episodeOf, type Observation, spanOf, stepEpisode } from './episodes.js';
import { describeDrift, describeOutOfOrder, describePerformance, describeRequests } from './why.js';

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
  const drift = stepEpisode(
    'drift',
    checks.map((check, i) => observe(check, 'drift', spans[i]!, DRIFT_STATES[check.drift])),
    { ...spanOf(window), state: DRIFT_STATES[input.drift] },
    { alarm, cooldownHours },
  );
  const performance = stepEpisode(
    'performance',
    checks.map((check, i) => observe(check, 'performance', spans[i]!, PERFORMANCE_STATES[check.performance.state])),
    { ...spanOf(window), state: PERFORMANCE_STATES[input.performance.state] },
    { alarm: PERFORMANCE_ALARM, cooldownHours },
  );
  const requests = stepEpisode(
    'refused-requests',
    checks.map((check, i) =>
      observe(check, 'refused-requests', spans[i]!, REQUEST_STATES[check.requests?.state ?? 'none']),
    ),
    { ...spanOf(window), state: REQUEST_STATES[input.requests.state] },
    { alarm, cooldownHours },
  );
  const steps = [drift, performance, requests];
  const begun = steps.flatMap(({ begins, episode }) => (begins && episode !== null ? [episode] : []));
  const episodes = steps.flatMap(({ episode }) => episode ?? []);
  const causes = { performance, drift };
  const wanted = (['performance', 'drift'] as const).find(
    (kind) => causes[kind].confirmed && causes[kind].episode !== null && policy.retraining.on.includes(kind),
  );
  const judged = [describeDrift(input, drift), describePerformance(input.performance, performance)];
  const refused = describeRequests(input, requests);
  return {
    state: stateOf(episodes, begun, drift.tally.bad + requests.tally.bad > 0 || performance.confirmed),
    episodes,
    begun,
    retrain: wanted ?? null,
    why: (input.requests.state === 'refused' ? [refused, ...judged] : [...judged, refused]).filter(Boolean).join(' '),
  };
}

function observe(
  check: CheckEntry,
  kind: Episode['kind'],
  span: Pick<Observation, 'from' | 'to'>,
  state: Observation['state'],
): Observation {
  return { ...span, state, episode: episodeOf(kind, check.decision.episodes) };
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
