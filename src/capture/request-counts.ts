import type { RequestFault, WindowRequests } from '../contracts/requests.js';

/** Counts the requests of a window, and what was wrong with those that were refused. */
export class RequestCounts {
  answered = 0;
  private refused = 0;
  private readonly faults = new Map<string, WindowRequests['faults'][number]>();

  /** @param features names that may be told; a fault of any other is told without it */
  constructor(private readonly features: readonly string[]) {}

  /** Counts one refused request. */
  addRefused(faults: readonly RequestFault[]): void {
    this.refused++;
    const reported = faults.map(({ reason, feature }): [string, RequestFault] => {
      const known = feature !== null && this.features.includes(feature) ? feature : null;
      return [JSON.stringify([reason, known]), { reason, feature: known }];
    });
    for (const [key, fault] of new Map(reported)) {
      const counted = this.faults.get(key) ?? { ...fault, requests: 0 };
      counted.requests++;
      this.faults.set(key, counted);
    }
  }

  summary(): WindowRequests {
    const faults = [...this.faults].sort(([a, x], [b, y]) => y.requests - x.requests || (a < b ? -1 : 1));
    return {
      total: this.answered + this.refused,
      refused: this.refused,
      faults: faults.map(([, fault]) => fault),
    };
  }
}
