import type { DriftReport } from '../../contracts/report.js';
import { count, counted, metricLabel } from '../format.js';
import type { Tone } from '../page.js';
import { isDrifted } from './drifted.js';
import { KINDS } from './next.js';

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
  if (requests?.state !== 'refused') return [];
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

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
