import type { MonitoringPolicy } from '../../contracts/definition.js';
import type { DriftReport } from '../../contracts/results.js';
import { describeFault } from '../../contracts/requests.js';
import type { WindowRequests } from '../../contracts/monitoring.js';
import { shortDigest } from '../../contracts/text.js';
import { count, counted, listed, percent, period, duration, every, measure, metricLabel, ratio } from '../format.js';
import { type Content, html, facts, table, sideBySide } from '../markup.js';
import type { Section } from '../page.js';

const MOST_NAMES = 20;
const MOST_FAULTS = 20;

/** What was captured in the window, and what of it could be used. */
export function windowSection({ window, check }: DriftReport): Section {
  const { rows, otherVersions, brokenLines, goneFiles = 0, requests, withoutInputs } = window;
  const { unknownFeatures, missingFeatures } = window;
  const others = otherVersions.map(
    (other) => `${counted(other.rows, 'row')} of version ${other.version} (${shortDigest(other.sha256)})`,
  );
  return {
    id: 'window',
    title: 'Window',
    lead: 'What was captured, and what of it could be used.',
    body: [
      facts([
        ['Time', period(window)],
        ['Rows judged', `${count(rows)} of version ${check.model.version}`],
        ['Other versions', others.length > 0 ? `${listed(others, MOST_NAMES)}, not judged` : 'none'],
        ['Refused requests', refusedText(requests)],
        ['Broken lines', brokenLines > 0 ? `${count(brokenLines)}, left out` : 'none'],
        ...(goneFiles > 0 ? [['Files removed meanwhile', count(goneFiles)] as const] : []),
        [
          'Without inputs',
          withoutInputs > 0 ? `${counted(withoutInputs, 'row')}: predictions and scores only` : 'none',
        ],
        ['Unknown features', listed(unknownFeatures, MOST_NAMES) || 'none'],
        ['Missing features', listed(missingFeatures, MOST_NAMES) || 'none'],
      ]),
      requests.refused > 0 ? faultsTable(requests) : null,
    ],
  };
}

const refusedText = ({ refused, total }: WindowRequests): string =>
  refused > 0 ? `${count(refused)} of ${counted(total, 'request')}: nothing of them was scored` : 'none';

/** What callers send that the model does not take: a field with another name or type, a value beyond its range. */
function faultsTable({ faults, refused }: WindowRequests): Content {
  const more = faults.length - MOST_FAULTS;
  return [
    table(
      'Why requests were refused',
      [{ head: 'Fault' }, { head: 'Requests', number: true }, { head: 'Share of refused', number: true }],
      faults
        .slice(0, MOST_FAULTS)
        .map((fault) => ({ cells: [describeFault(fault), count(fault.requests), percent(fault.requests / refused)] })),
    ),
    more > 0 && html`<p class="lead">${counted(more, 'fault')} more stand in the JSON document.</p>`,
  ];
}

const MINUTES_PER_DAY = 1440;

/** The rules by which the check was decided. */
export const policySection = (policy: MonitoringPolicy): Section => ({
  id: 'policy',
  title: 'Policy',
  lead: "The rules of this check, from the model's definition.",
  body: sideBySide([
    ['Schedule', scheduleRules(policy)],
    ['Drift', driftRules(policy.drift)],
    ['Performance', performanceRules(policy.performance)],
    ['Requests', requestsRules(policy)],
    ['Retraining', retrainingRules(policy.retraining)],
  ]),
});

const scheduleRules = (policy: MonitoringPolicy) =>
  facts([
    ['Checks', policy.enabled ? every(policy.everyMinutes) : 'not scheduled'],
    ['Window', duration(policy.windowMinutes)],
    ['Starts late', `by up to ${counted(policy.jitterSeconds, 'second')}`],
    ['Window ends', `${counted(policy.settleSeconds, 'second')} before the check`],
  ]);

const driftRules = (policy: MonitoringPolicy['drift']) =>
  facts([
    ['Least rows', count(policy.minimumRows)],
    ['False discoveries', `${percent(policy.falseDiscoveryRate)} expected at most`],
    ['Least effect', measure(policy.minimumEffect)],
    ['Alarm', `${policy.alarm.windows} of the latest ${counted(policy.alarm.of, 'window')}`],
    ['Cooldown', counted(policy.cooldownHours, 'hour')],
  ]);

const performanceRules = (policy: MonitoringPolicy['performance']) =>
  facts([
    ['Metric', metricLabel(policy.metric)],
    ['Largest loss', ratio(policy.maximumLoss)],
    ['Predictions of', duration(policy.windowHours * 60)],
    ['Least labels', `${count(policy.minimumPerClass)} of each class`],
  ]);

const requestsRules = ({ requests: { maximumRefusedShare }, drift: { alarm } }: MonitoringPolicy) =>
  facts([
    ['Refused at most', percent(maximumRefusedShare)],
    ['Alarm', `${alarm.windows} of the latest ${counted(alarm.of, 'window')}`],
  ]);

const retrainingRules = (policy: MonitoringPolicy['retraining']) =>
  facts([
    ['Starts on', policy.on.length > 0 ? policy.on.join(' or ') : 'nothing: people decide'],
    ['Scheduled', policy.everyDays === null ? 'no' : every(policy.everyDays * MINUTES_PER_DAY)],
    ['Budget', `${counted(policy.perWeek, 'retraining')} in seven days`],
    ['Cooldown', counted(policy.cooldownHours, 'hour')],
    ['Paused after', `${count(policy.refusedInARow)} refused in a row`],
  ]);
