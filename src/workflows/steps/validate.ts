import type { Step } from '../../activities/index.js';
import type { ArtifactRef } from '../../contracts/values.js';
import type { Definition } from '../../contracts/definition.js';
import type { EvaluationResult, FitResult, GateVerdict, LeaderboardRow } from '../../contracts/results.js';
import { compute, on } from '../kit/profiles.js';

/** The best candidate, fitted on all training rows, looked at closely and judged. */
export interface Validated {
  fit: FitResult;
  evaluation: EvaluationResult;
  gate: GateVerdict;
}

interface Chosen {
  definition: Definition;
  matrix: ArtifactRef;
  /** The candidate's row of the leaderboard. */
  chosen: LeaderboardRow;
}

/** Asks the gate about a model: against what it must reach at least, and against what serves now. */
export const judge = ({ definition, matrix, chosen }: Chosen, model: ArtifactRef): Promise<GateVerdict> =>
  on(compute, `judge ${chosen.candidate}`).judgeCandidate({ definition, matrix, model, chosen });

/** Fits the chosen candidate again, on all training rows, then evaluates it while the gate judges it. */
export async function validate({
  dataset,
  reuse,
  ...known
}: Chosen & { dataset: ArtifactRef; reuse: boolean }): Promise<Step<Validated>> {
  const { definition, matrix, chosen } = known;
  const fitted = await on(compute, `fit ${chosen.candidate}`).fitCandidate({
    definition,
    datasetSha256: dataset.sha256,
    matrix,
    chosen,
    reuse,
  });
  const { model, outOfFold } = fitted.result;
  const [evaluated, gate] = await Promise.all([
    on(compute, `evaluate ${chosen.candidate}`).evaluateCandidate({
      definition,
      matrix,
      fit: { model, outOfFold },
      reuse,
    }),
    judge(known, model),
  ]);
  return {
    reused: fitted.reused && evaluated.reused,
    result: { fit: fitted.result, evaluation: evaluated.result, gate },
  };
}
