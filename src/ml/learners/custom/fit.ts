import type { CustomFit, Json, Predictor } from '../../../contracts/learner.js';
import { createRandom } from '../../random.js';
import type { Learner, OptionsSchema } from '../learner.js';
import type { CustomEstimator } from './check.js';
import { customScoring } from './score.js';

/**
 * How a learner that others wrote is an entry of the table.
 * @param predictorModule absolute path of the module whose default export is the predictor
 */
export function customLearner(
  learner: CustomFit & { options: OptionsSchema; predictor: Predictor },
  predictorModule: string,
): Learner<unknown, CustomEstimator> {
  const { kind } = learner.predictor;
  return {
    version: learner.version,
    options: learner.options.strict(),
    fit({ columns, labels, features, seed, progress }, options) {
      const parameters = learner.fit({ columns, features }, labels, options, createRandom(seed), progress);
      // Rows are scored with what a document would hold, so that nothing else can be learned.
      return { estimator: { kind, parameters: JSON.parse(JSON.stringify(parameters)) as Json }, warnings: [] };
    },
    scoring: customScoring(learner.predictor),
    predictorModule,
  };
}
