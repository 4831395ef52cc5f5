import type { MonitoringPolicy } from '../../contracts/monitoring-policy.js';
import { MAXIMUM_REFUSED_SHARE } from '../../contracts/requests.js';
import { count, counted, duration, every, measure, metricLabel, percent, ratio } from '../format.js';
import type { Section } from '../page.js';
import { facts, sideBySide } from '../parts.js';

const MINUTES_PER_DAY = 1440;
/** Of definitions made before refused requests were captured. */
const DEFAULT = { maximumRefusedShare: MAXIMUM_REFUSED_SHARE };

/** The rules by which the check was decided. */
export const policySection = (policy: MonitoringPolicy): Section => ({
  id: 'policy',
  title: 'Policy',
  lead: "The rules of this check, from the model's definition.",
  body: sideBySide([
    ['Schedule', schedule(policy)],
    ['Drift', drift(policy.drift)],
    ['Performance', performance(policy.performance)],
    ['Requests', requests(policy)],
    ['Retraining', retraining(policy.retraining)],
  ]),
});

const schedule = (policy: MonitoringPolicy) =>
  facts([
    ['Checks', policy.enabled ? every(policy.everyMinutes) : 'not scheduled'],
    ['Window', duration(policy.windowMinutes)],
    ['Starts late', `by up to ${counted(policy.jitterSeconds, 'second')}`],
    ['Window ends', `${counted(policy.settleSeconds, 'second')} before the check`],
  ]);

const drift = (policy: MonitoringPolicy['drift']) =>
  facts([
    ['Least rows', count(policy.minimumRows)],
    ['False discoveries', `${percent(policy.falseDiscoveryRate)} expected at most`],
    ['Least effect', measure(policy.minimumEffect)],
    ['Alarm', `${policy.alarm.windows} of the latest ${counted(policy.alarm.of, 'window')}`],
    ['Cooldown', counted(policy.cooldownHours, 'hour')],
  ]);

const performance = (policy: MonitoringPolicy['performance']) =>
  facts([
    ['Metric', metricLabel(policy.metric)],
    ['Largest loss', ratio(policy.maximumLoss)],
    ['Predictions of', duration(policy.windowHours * 60)],
    ['Least labels', `${count(policy.minimumPerClass)} of each class`],
  ]);

const requests = ({ requests: { maximumRefusedShare } = DEFAULT, drift: { alarm } }: MonitoringPolicy) =>
  facts([
    ['Refused at most', percent(maximumRefusedShare)],
    ['Alarm', `${alarm.windows} of the latest ${counted(alarm.of, 'window')}`],
  ]);

const retraining = (policy: MonitoringPolicy['retraining']) =>
  facts([
    ['Starts on', policy.on.length > 0 ? policy.on.join(' or ') : 'nothing: people decide'],
    ['Scheduled', policy.everyDays === null ? 'no' : every(policy.everyDays * MINUTES_PER_DAY)],
    ['Budget', `${counted(policy.perWeek, 'retraining')} in seven days`],
    ['Cooldown', counted(policy.cooldownHours, 'hour')],
    ['Paused after', `${count(policy.refusedInARow)} refused in a row`],
  ]);
