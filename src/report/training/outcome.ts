import type { TrainingReport } from '../../contracts/report.js';
import type { LeaderboardRow } from '../../contracts/results.js';
import { counted, sentence } from '../format.js';
import type { Tone } from '../page.js';

/** The run in a sentence, what stands behind it, and how good the news is. */
export function outcomeOf({ model, run, status }: TrainingReport): { tone: Tone; verdict: string; detail: string } {
  const version = model.version === null ? 'The candidate' : `Version ${model.version}`;
  const reason = run.reason === '' ? '' : sentence(run.reason);
  const stays = 'What served before still serves.';
  switch (run.outcome) {
    case 'deployed':
      return status.gate?.unchanged
        ? { tone: 'good', verdict: `${version} serves already: the same model came out`, detail: reason }
        : { tone: 'good', verdict: `${version} is deployed`, detail: reason || deployedDetail(status) };
    case 'refused':
      return {
        tone: 'bad',
        verdict: 'Refused by the gate',
        detail: [reason || refusedDetail(status), stays].join(' '),
      };
    case 'rejected':
      return { tone: 'warn', verdict: `${version} was not approved`, detail: ended(reason, stays) };
    case 'rolled-back':
      return { tone: 'bad', verdict: `${version} was rolled back`, detail: ended(reason, stays) };
    case 'failed':
      return { tone: 'bad', verdict: 'The run failed', detail: ended(run.reason, stays) };
    case 'cancelled':
      return { tone: 'warn', verdict: 'The run was cancelled', detail: ended(reason, stays) };
  }
}

/** Row of the leaderboard of the candidate that was refitted. */
export const chosenRow = ({ status }: TrainingReport): LeaderboardRow | null =>
  status.leaderboard.find(({ candidate, without }) => without === null && candidate === status.chosen) ?? null;

const ended = (reason: string, stays: string) =>
  reason === '' ? stays : `${reason}${/[.!?]$/.test(reason) ? '' : '.'} ${stays}`;

const deployedDetail = ({ gate, warnings }: TrainingReport['status']) =>
  [
    gate ? `It passed ${counted(gate.checks.length, 'check')} of the gate.` : '',
    warnings.length > 0 ? `${sentence(counted(warnings.length, 'warning'))} should be read.` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');

const refusedDetail = ({ gate }: TrainingReport['status']) => {
  const failed = gate?.checks.filter(({ passed }) => !passed).map(({ rule, found }) => `${rule}: ${found}`) ?? [];
  return failed.length > 0 ? `${failed.join('; ')}.` : '';
};
