import type { CustomFit, CustomKind, Json } from '../../../contracts/learner.js';
import { createRandom } from '../../random.js';
import type { Learner, OptionsSchema } from '../learner.js';
import type { CustomEstimator } from './score.js';

/** How a learner that others wrote is an entry of the table of learners. */
export function customLearner(
  kind: CustomKind,
  learner: CustomFit & { options: OptionsSchema },
): Learner<unknown, CustomEstimator> {
  return {
    version: learner.version,
    options: learner.options.strict(),
    fit({ columns, labels, features, seed, progress }, options) {
      const parameters = learner.fit({ columns, features }, labels, options, createRandom(seed), progress);
      // Rows are scored with what a document would hold, so that nothing else can be learned.
      return { estimator: { kind, parameters: JSON.parse(JSON.stringify(parameters)) as Json }, warnings: [] };
    },
  };
}
