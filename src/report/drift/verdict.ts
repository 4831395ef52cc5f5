import type { ColumnDrift, CheckEntry, Episode } from '../../contracts/monitoring.js';
import type { DriftReport } from '../../contracts/results.js';
import { count, counted, metricLabel, sentence, time } from '../format.js';
import { html, type Markup, type Tone, bullets } from '../markup.js';
import type { Section } from '../page.js';

/** The check in a sentence, and how good the news is. */
export function verdictOf(report: DriftReport): { tone: Tone; verdict: string } {
  const { check, performance } = report;
  const lost = performance.state === 'lost';
  const found = [...refusedOf(check), driftOf(report), ...(lost ? [`${metricLabel(performance.metric)} is lost`] : [])];
  return {
    tone: lost || inAlarm(check) ? 'bad' : toneOf(check),
    verdict: sentence(prefixOf(check) + found.join('; ')),
  };
}

/** The check begins an alarm or belongs to one. */
export const inAlarm = ({ decision }: DriftReport['check']): boolean =>
  decision.state === 'alarm' || decision.state === 'ongoing';

function toneOf({ decision, drift }: DriftReport['check']): Tone {
  if (decision.state === 'suspected') return 'warn';
  return drift === 'insufficient' ? 'neutral' : 'good';
}

function refusedOf({ requests }: DriftReport['check']): string[] {
  if (requests.state !== 'refused') return [];
  return [`${count(requests.refused)} of ${counted(requests.total, 'request')} refused`];
}

function driftOf({ check, columns, policy }: DriftReport): string {
  if (check.drift === 'insufficient')
    return `too few rows to judge: ${count(check.rows)} of at least ${count(policy.drift.minimumRows)}`;
  const all = counted(columns.length, 'column');
  return check.drift === 'no-drift' ? `no drift in ${all}` : `${columns.filter(isDrifted).length} of ${all} drifted`;
}

/** Of what, unless it is drift, which is what people expect. */
function prefixOf({ decision: { state, episodes } }: DriftReport['check']): string {
  const kinds = episodes.map(({ kind }) => KINDS[kind]);
  const of = kinds.every((kind) => kind === KINDS.drift) ? '' : ` of ${kinds.join(' and ')}`;
  if (state === 'alarm') return `Alarm${of}: `;
  if (state === 'ongoing') return `Alarm${of} goes on: `;
  return state === 'suspected' ? 'Suspected: ' : '';
}

/** Kinds of episodes, for people. */
const KINDS = {
  drift: 'drift',
  performance: 'lost performance',
  'refused-requests': 'refused requests',
} as const;

/** What follows from the check: alert, retraining, or nothing. */
export const nextSection = (check: CheckEntry): Section => ({
  id: 'next',
  title: 'What happens next',
  body: bullets(check.mode === 'scheduled' ? effectsOf(check) : [lookedOnly(check)]),
});

function lookedOnly({ mode, decision }: CheckEntry): Markup {
  const conditional =
    decision.begun.length > 0 || decision.retrain !== null
      ? ' In a scheduled check the same finding would alert or retrain.'
      : '';
  const how = mode === 'backfill' ? 'A backfill looks at the past' : 'A check by hand looks';
  return html`Nothing. ${how} without effects: no alert, no retraining, and later checks do not count it.${conditional}`;
}

function effectsOf({ decision }: CheckEntry): Markup[] {
  const begun = new Set(decision.begun.map(({ id }) => id));
  const effects = [
    ...decision.begun.map(
      ({ kind }) => html`<b>An alert</b> is sent, once: an episode of ${KINDS[kind]} begins with this check.`,
    ),
    ...decision.episodes.filter(({ id }) => !begun.has(id)).map(goesOn),
    ...(decision.retrain === null
      ? []
      : [
          html`<b>A retraining</b> is asked for, because of ${KINDS[decision.retrain]}; a brake may hold it. The
            newcomer passes the same gate, approval and canary as every model, and the present one serves until then.`,
        ]),
  ];
  return effects.length > 0 ? effects : [html`Nothing: the next scheduled check looks again.`];
}

const goesOn = ({ kind, since }: Episode): Markup =>
  html`The episode of ${KINDS[kind]} since ${time(since)} goes on. It is told to those who could not be told before, and
  to nobody twice.`;

/** A column drifted when one of its hypotheses did. */
export const isDrifted = ({ hypotheses }: ColumnDrift): boolean => hypotheses.some(({ drifted }) => drifted);

/** Drifted columns first, otherwise in the order of the model. */
export const driftedFirst = (columns: readonly ColumnDrift[]): ColumnDrift[] =>
  [...columns].sort((a, b) => Number(isDrifted(b)) - Number(isDrifted(a)));
