import type { FeatureLevels } from './bins.js';
import { shortestBetween } from './threshold.js';

/** A cut between two levels of a feature; none of the node's rows is between them. */
export interface LevelCut {
  feature: number;
  /** Levels up to this one go left. */
  level: number;
  /** The next level that occurs in the node. */
  nextLevel: number;
}

/** Split thresholds of a binned table, each worked out once for all trees. */
export class Thresholds {
  readonly #known: Map<number, number>[];

  constructor(private readonly features: FeatureLevels[]) {
    this.#known = features.map(() => new Map<number, number>());
  }

  /** The shortest decimal between the two levels: `x <= t` goes left. */
  of({ feature, level, nextLevel }: LevelCut): number {
    const known = this.#known[feature]!;
    const key = level * 256 + nextLevel;
    let threshold = known.get(key);
    if (threshold === undefined) {
      const { low, high } = this.features[feature]!;
      threshold = shortestBetween(high[level]!, low[nextLevel]!);
      known.set(key, threshold);
    }
    return threshold;
  }
}
