import type { CheckEntry, PerformanceFinding, TimeWindow } from '../contracts/monitoring.js';
import { counted } from '../contracts/text.js';
import type { DecisionInput } from './decide.js';
import type { EpisodeStep } from './episodes.js';

/** Columns named before the rest is counted. */
const NAMED_COLUMNS = 5;

/** Why a window that came out of order decides nothing. */
export function describeOutOfOrder(window: TimeWindow, checks: readonly CheckEntry[]): string {
  const latest = checks.at(-1)?.window.to ?? 'unknown';
  return `The window ends at ${window.to}, not after the latest one judged (${latest}): the clock was put back, so this check decides nothing.`;
}

/** What the window says of drift, and how the episode of drift stands. */
export function describeDrift(
  { drift, driftedColumns, driftedCount, window, policy }: DecisionInput,
  step: EpisodeStep,
): string {
  const { minimumRows, alarm, cooldownHours } = policy.drift;
  const { bad, windows } = step.tally;
  const latest =
    windows === 0
      ? 'No window had enough rows yet'
      : windows === 1
        ? 'It is the first window with enough rows'
        : `${bad} of the latest ${windows} windows with enough rows drifted`;
  const tally = `${latest}; ${alarm.windows} of ${alarm.of} make an alarm.`;
  const found = {
    insufficient: `${counted(window.rows, 'row')} ${window.rows === 1 ? 'is' : 'are'} too few to judge drift, ${minimumRows} are needed.`,
    'no-drift': `No drift in ${counted(window.rows, 'row')}.`,
    drift: `Drift in ${counted(window.rows, 'row')}, in ${namesText(driftedColumns, driftedCount)}.`,
  }[drift];
  return [found, tally, describeEpisode(step, 'drift', `no window drifted for ${counted(cooldownHours, 'hour')}`)]
    .join(' ')
    .trim();
}

/** What the labels say, and how the episode of lost performance stands. */
export function describePerformance({ found }: Pick<PerformanceFinding, 'found'>, step: EpisodeStep): string {
  return [found, describeEpisode(step, 'performance', 'performance is kept again')].join(' ').trim();
}

/** Why too many requests were refused, and how their episode stands; nothing where there is neither. */
export function describeRequests({ requests, policy }: DecisionInput, step: EpisodeStep): string {
  const { alarm, cooldownHours } = policy.drift;
  const { bad, windows } = step.tally;
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
