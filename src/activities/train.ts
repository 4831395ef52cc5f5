import type { ArtifactRef } from '../contracts/artifact.js';
import type { CandidateDefinition, Definition } from '../contracts/definition.js';
import type { LeaderboardRow } from '../contracts/results.js';
import type { Ports } from './ports.js';
import { computeOnce, type Step } from './reuse.js';

/** Train: one activity per candidate and left-out feature. */
export function createTrainActivities(ports: Ports) {
  return {
    crossValidateCandidate(input: {
      definition: Definition;
      matrix: ArtifactRef;
      candidate: CandidateDefinition;
      without: string | null;
      reuse: boolean;
    }): Promise<Step<LeaderboardRow>> {
      const { columns, split, validation, calibration, threshold } = input.definition;
      const task = {
        matrix: input.matrix,
        columns,
        split,
        validation,
        calibration,
        threshold,
        candidate: input.candidate,
        without: input.without,
      };
      return computeOnce(ports, 'cross-validate/2', task, input.reuse, () =>
        ports.compute.run('crossValidate', task, ports.running()),
      );
    },
  };
}
