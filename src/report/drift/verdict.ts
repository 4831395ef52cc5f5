import type { DriftReport } from '../../contracts/report.js';
import { count, counted, metricLabel } from '../format.js';
import type { Tone } from '../page.js';
import { isDrifted } from './drifted.js';

/** The check in a sentence, and how good the news is. */
export function verdictOf({ check, columns, policy, performance }: DriftReport): { tone: Tone; verdict: string } {
  const lost = performance.state === 'lost' ? `${metricLabel(performance.metric)} is lost` : null;
  const refused = refusedIn(check);
  if (check.drift === 'insufficient') {
    const few = `rows to judge: ${count(check.rows)} of at least ${count(policy.drift.minimumRows)}`;
    const tone = lost !== null || inAlarm(check) ? 'bad' : refused === null ? 'neutral' : 'warn';
    if (refused === null) return { tone, verdict: [`Too few ${few}`, lost].filter((part) => part !== null).join('; ') };
    return {
      tone,
      verdict: [prefixOf(check) + refused, lost, `too few ${few}`].filter((part) => part !== null).join('; '),
    };
  }
  const drifted = columns.filter(isDrifted).length;
  const found =
    check.drift === 'no-drift'
      ? `No drift in ${counted(columns.length, 'column')}`
      : `${drifted} of ${counted(columns.length, 'column')} drifted`;
  return {
    tone: lost !== null || inAlarm(check) ? 'bad' : check.drift === 'drift' || refused !== null ? 'warn' : 'good',
    verdict: [prefixOf(check) + found, lost, refused].filter((part) => part !== null).join('; '),
  };
}

/** The check begins an alarm or belongs to one. */
export const inAlarm = ({ decision }: DriftReport['check']): boolean =>
  decision.state === 'alarm' || decision.state === 'ongoing';

function prefixOf({ decision }: DriftReport['check']): string {
  if (decision.state === 'alarm') return 'Alarm: ';
  if (decision.state === 'ongoing') return 'Alarm goes on: ';
  return decision.state === 'suspected' ? 'Suspected: ' : '';
}

/** More requests were refused than the policy allows. */
function refusedIn({ refusals }: DriftReport['check']): string | null {
  if (refusals?.state !== 'many') return null;
  return `${count(refusals.refused)} of ${counted(refusals.requests, 'request')} refused`;
}
