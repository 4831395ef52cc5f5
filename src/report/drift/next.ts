import type { CheckEntry, Episode } from '../../contracts/monitoring.js';
import { time } from '../format.js';
import { html, type Markup } from '../markup.js';
import type { Section } from '../page.js';
import { bullets } from '../parts.js';

/** Kinds of episodes, for people. */
export const KINDS = {
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
