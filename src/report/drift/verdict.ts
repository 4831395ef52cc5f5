import type { DriftReport } from '../../contracts/report.js';
import { count, counted, metricLabel } from '../format.js';
import type { Tone } from '../page.js';
import { isDrifted } from './drifted.js';

/** The check in a sentence, and how good the news is. */
export function verdictOf({ check, columns, policy, performance }: DriftReport): { tone: Tone; verdict: string } {
  const lost = performance.state === 'lost' ? `${metricLabel(performance.metric)} is lost` : null;
  if (check.drift === 'insufficient') {
    const few = `Too few rows to judge: ${count(check.rows)} of at least ${count(policy.drift.minimumRows)}`;
    return lost === null ? { tone: 'neutral', verdict: few } : { tone: 'bad', verdict: `${few}; ${lost}` };
  }
  const drifted = columns.filter(isDrifted).length;
  const found =
    check.drift === 'no-drift'
      ? `No drift in ${counted(columns.length, 'column')}`
      : `${drifted} of ${counted(columns.length, 'column')} drifted`;
  return {
    tone: lost !== null || inAlarm(check) ? 'bad' : check.drift === 'drift' ? 'warn' : 'good',
    verdict: [prefixOf(check) + found, lost].filter((part) => part !== null).join('; '),
  };
}

/** The check begins an alarm or belongs to one. */
export const inAlarm = ({ decision }: DriftReport['check']): boolean =>
  decision.state === 'alarm' || decision.state === 'ongoing';

function prefixOf({ decision }: DriftReport['check']): string {
  if (decision.state === 'alarm') return 'Alarm: ';
  if (decision.state === 'ongoing') return 'Alarm goes on: ';
  return decision.state === 'suspected' ? 'Drift suspected: ' : '';
}
