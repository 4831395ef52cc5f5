import type { JudgePolicy, StepVerdict } from '../contracts/deployment.js';
import type { VersionCounts } from '../deploy/deployer.js';

type Check = StepVerdict['checks'][number];

/**
 * Whether a version on trial deserves more traffic. Too few requests decide nothing; disagreement does without any,
 * because it was measured on the same rows.
 */
export function judgeCounts(
  policy: JudgePolicy,
  candidate: VersionCounts,
  former: VersionCounts,
  agreement: Check,
): StepVerdict {
  const { requests } = candidate;
  if (!agreement.passed) return { state: 'bad', requests, checks: [agreement] };
  if (requests < policy.minimumRequests) {
    const rule = `at least ${policy.minimumRequests} requests`;
    return { state: 'insufficient', requests, checks: [agreement, { rule, passed: false, found: String(requests) }] };
  }
  const checks = [agreement, errors(policy, candidate), latency(policy, candidate, former)];
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
  const { maxLatencyRatio, latencyAllowanceMs, minimumRequests } = policy;
  const rule = `median latency at most ${maxLatencyRatio} times the former one plus ${latencyAllowanceMs} ms`;
  if (candidate.medianMs === null || former.medianMs === null || former.requests < minimumRequests)
    return { rule, passed: true, found: `not compared: the former version had ${former.requests} requests` };
  const limit = former.medianMs * maxLatencyRatio + latencyAllowanceMs;
  return {
    rule,
    passed: candidate.medianMs <= limit,
    found: `${candidate.medianMs.toFixed(1)} ms, formerly ${former.medianMs.toFixed(1)} ms`,
  };
}

export const describeShare = (share: number) => `${Number((share * 100).toFixed(1))} %`;
