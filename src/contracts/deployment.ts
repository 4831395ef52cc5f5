import type { Endpoint } from '../report/schema/run-status.js';

export type { Endpoint };

/** How an alias spreads its requests: all to one version, or a share of them to a second one. */
export interface Routing {
  functionVersion: string;
  /** The version on trial and its share in per cent, above 0 and below 100. */
  canary: { functionVersion: string; percent: number } | null;
}

/** What was measured at a step of a deployment. */
export interface StepVerdict {
  /** `insufficient`: too few requests to decide; never good, never bad. */
  state: 'good' | 'bad' | 'insufficient';
  /** Requests that the new version answered. */
  requests: number;
  checks: { rule: string; passed: boolean; found: string }[];
}

export interface Deployment {
  endpoint: Endpoint;
  /** Published version of the function that the alias points to. */
  functionVersion: string;
  /** False when this very code was live already. */
  published: boolean;
}
