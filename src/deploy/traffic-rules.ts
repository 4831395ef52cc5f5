import type { StepVerdict } from '../contracts/pipeline.js';
import type { JudgePolicy } from '../contracts/definition.js';
import { percentOf } from '../contracts/text.js';
import type { VersionCounts } from './deployer.js';

type Check = StepVerdict['checks'][number];

/**
 * Whether a version on trial deserves more traffic. Too few requests, of its own or of the former version that its
 * latency is compared with, decide nothing; disagreement does without any, because it was measured on the same rows.
 */
export function judgeCounts(
  policy: JudgePolicy,
  candidate: VersionCounts,
  former: VersionCounts,
  agreement: Check,
): StepVerdict {
  const { requests } = candidate;
  if (!agreement.passed) return { state: 'bad', requests, checks: [agreement] };
  const scarce = (of: string, found: number): StepVerdict => {
    const rule = `at least ${policy.minimumRequests} requests to ${of}`;
    return { state: 'insufficient', requests, checks: [agreement, { rule, passed: false, found: String(found) }] };
  };
  if (requests < policy.minimumRequests) return scarce('the new version', requests);
  const failed = errors(policy, candidate);
  if (!failed.passed) return { state: 'bad', requests, checks: [agreement, failed] };
  if (former.requests < policy.minimumRequests) return scarce('the former version', former.requests);
  const checks = [agreement, failed, latency(policy, candidate, former)];
  return { state: checks.every(({ passed }) => passed) ? 'good' : 'bad', requests, checks };
}

function errors({ maxErrorShare }: JudgePolicy, { requests, errors }: VersionCounts): Check {
  const share = errors / requests;
  return {
    rule: `at most ${describeShare(maxErrorShare)} failed requests`,
    passed: share <= maxErrorShare,
    found: `${errors} of ${requests} (${describeShare(share)})`,
  };
}

/** Medians, which a few cold starts do not move. */
function latency(policy: JudgePolicy, candidate: VersionCounts, former: VersionCounts): Check {
  const { maxLatencyRatio, latencyAllowanceMs } = policy;
  const rule = `median latency at most ${maxLatencyRatio} times the former one plus ${latencyAllowanceMs} ms`;
  if (candidate.medianMs === null || former.medianMs === null)
    return { rule, passed: true, found: 'not compared: there are requests and no times of them' };
  const limit = former.medianMs * maxLatencyRatio + latencyAllowanceMs;
  return {
    rule,
    passed: candidate.medianMs <= limit,
    found: `${candidate.medianMs.toFixed(1)} ms, formerly ${former.medianMs.toFixed(1)} ms`,
  };
}

/** What both versions said of the same rows; `null` of one that refused or failed them. */
interface Answers {
  rows: number;
  candidate: readonly unknown[] | null;
  former: readonly unknown[] | null;
}

/** Whether a version says what the former one, `formerVersion` of the function, says; not asked where that says nothing. */
export function judgeAgreement(
  { minimumAgreement }: JudgePolicy,
  formerVersion: string,
  { rows, candidate, former }: Answers,
): Check {
  const rule = `agrees with function version ${formerVersion} on at least ${describeShare(minimumAgreement)} of rows`;
  if (former === null) return { rule, passed: true, found: 'not compared: the former version does not answer' };
  if (candidate === null)
    return { rule, passed: minimumAgreement === 0, found: 'it fails on rows that the former version answers' };
  const share = former.filter((prediction, i) => prediction === candidate[i]).length / former.length;
  return { rule, passed: share >= minimumAgreement, found: `${describeShare(share)} of ${rows}` };
}

/** A share, from 0 to 1, in percent for people. */
const describeShare = (share: number) => `${percentOf(share, 1)} %`;
