import type { Decision } from '../../contracts/decision.js';
import { POLICY, shownBy } from '../../contracts/identity.js';
import type { ApprovalPolicy } from '../../contracts/definition.js';
import type { GateVerdict } from '../../contracts/results.js';
import type { RegisteredModel } from '../../contracts/values.js';
import { markdown, shortDigest, signedDecimals, HOUR_MS, minuteText } from '../../contracts/text.js';
import { decisionScripts } from '../kit/details.js';
import { cloud, on } from '../kit/profiles.js';
import { DECIDED, type Decisions } from './decisions.js';

interface Waiting {
  model: RegisteredModel;
  gate: GateVerdict;
  policy: ApprovalPolicy;
  workflowId: string;
  decisions: Decisions;
  /** Shows in the Web UI what waits; `''` ends it. */
  show: (waiting: string) => void;
}

/** Gets a decision on a version, from a person or by policy, and writes it into the registry's log. */
export async function approve(waiting: Waiting): Promise<Decision> {
  const decided = await decide(waiting);
  const { decision, by, proof, because } = decided;
  const summary = markdown(`${decision} by ${shownBy(by, proof)}`);
  const held = await on(cloud, summary).recordDecision({ model: waiting.model, decision, by, proof, because });
  return { ...decided, ...held };
}

async function decide({ model, gate, policy, workflowId, decisions, show }: Waiting): Promise<Decision> {
  const { mode, timeoutHours, atTimeout } = policy;
  const byPolicy = (decision: Decision['decision'], because: string) => ({
    decision,
    because,
    by: POLICY,
    proof: null,
  });
  if (gate.unchanged) return byPolicy('approved', 'this very model serves already');
  if (mode === 'automatic') return byPolicy('approved', 'approval is automatic');
  const until = minuteText(new Date(Date.now() + timeoutHours * HOUR_MS).toISOString());
  show(describeWaiting(model, gate, workflowId, `${until} UTC, then it is ${DECIDED[atTimeout]}`) + whoMay(policy));
  const decided = await decisions.ask({ model, about: 'may it be deployed?' }, timeoutHours * HOUR_MS);
  show('');
  return decided ?? byPolicy(DECIDED[atTimeout], `nobody decided within ${timeoutHours} hours`);
}

/** Who may decide, where not everybody may. */
const whoMay = ({ by, fourEyes }: ApprovalPolicy): string =>
  (by.length > 0 ? `\n\nOnly ${markdown(by.join(', '))} may decide, with proof.` : '') +
  (fourEyes ? '\n\nWhoever started the run may not approve it; both have to be proved.' : '');

function describeWaiting({ name, version, sha256 }: RegisteredModel, gate: GateVerdict, id: string, until: string) {
  const { comparison, champion, unchanged } = gate;
  const compared =
    comparison === null
      ? unchanged
        ? 'It is the model that serves already.'
        : champion === null
          ? 'Nothing serves yet.'
          : `Version ${champion} serves.`
      : `Against version ${comparison.version}, which serves: ${comparison.metric} ${signedDecimals(comparison.difference.value)} ` +
        `(${signedDecimals(comparison.difference.low)} to ${signedDecimals(comparison.difference.high)}, ${comparison.basis}, ${comparison.rows} rows).`;
  return [
    `**Waiting for approval** of ${name} version ${version} (${shortDigest(sha256)}) until ${until}.`,
    `Compare the leaderboard and the gate below. ${compared}`,
    decisionScripts(id, sha256),
  ].join('\n\n');
}
