import type { ChampionComparison, GateVerdict } from '../../../contracts/results.js';
import { decodeMatrix } from '../../../data/matrix.js';
import { compareEstimates, pairedBootstrap } from '../../../ml/compare.js';
import { contains, fingerprintOf } from '../../../ml/fingerprint.js';
import { parseModelDocument } from '../../../serving/model-document.js';
import { scoreRows } from '../../../serving/predict.js';
import type { JudgeInput } from '../inputs.js';
import type { TaskContext } from './index.js';
import { HOLDOUT, rowsOfRole } from './matrix-rows.js';

/** Level of the interval of the difference: the gate asks for 90 % confidence. */
const COMPARISON_CONFIDENCE = 0.9;

type Judgement = Pick<GateVerdict, 'comparison' | 'warnings'>;

/** Compares the candidate with the champion on hold-out rows that neither has learned from. */
export async function judgeTask(input: JudgeInput, { store }: TaskContext): Promise<Judgement> {
  const { champion, metric, seed } = input;
  const load = async (ref: JudgeInput['model']) => parseModelDocument(await store.get(ref));
  const [candidateModel, championModel] = [await load(input.model), await load(champion.model)];
  const matrix = decodeMatrix(await store.get(input.matrix));
  const columnsOf = ({ features }: typeof championModel) =>
    features.flatMap(({ name }) => matrix.columns[matrix.names.indexOf(name)] ?? []);
  const championColumns = columnsOf(championModel);
  if (championColumns.length < championModel.features.length)
    return byEstimates(input, 0, 'cannot be used: they lack a feature that it needs');

  // Fingerprints are over the columns that the champion learned from, in its order.
  const seen = new Float64Array(Uint8Array.from(await store.get(champion.trainingRows)).buffer);
  const table = { columns: championColumns, labels: matrix.labels };
  const needed = championColumns.filter((_, i) => championModel.features[i]!.imputation === null);
  const common = rowsOfRole(matrix.roles, HOLDOUT).filter(
    (row) => !contains(seen, fingerprintOf(table, row)) && needed.every((column) => !Number.isNaN(column[row])),
  );
  const labels = Uint8Array.from(common, (row) => matrix.labels[row]!);
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const smallerClass = Math.min(positives, labels.length - positives);
  if (smallerClass < input.minimumRowsPerClass) {
    const limit = `fewer than ${input.minimumRowsPerClass} (gate.minimumRowsPerClass)`;
    return byEstimates(input, common.length, `hold ${smallerClass} of the smaller class, ${limit}`);
  }

  const difference = pairedBootstrap({
    metric,
    candidateScores: scoreRows(candidateModel, columnsOf(candidateModel), common),
    championScores: scoreRows(championModel, championColumns, common),
    labels,
    thresholds: { candidate: candidateModel.threshold, champion: championModel.threshold },
    confidence: COMPARISON_CONFIDENCE,
    seed,
  });
  if (difference === null) return byEstimates(input, common.length, `leave ${metric} undefined`);
  const comparison: ChampionComparison = {
    version: champion.version,
    metric,
    basis: 'holdout',
    rows: common.length,
    difference,
  };
  return { comparison, warnings: [] };
}

function byEstimates(input: JudgeInput, rows: number, why: string): Judgement {
  const { champion, metric, crossValidated, confidence } = input;
  const difference = compareEstimates({
    metric,
    candidate: { estimate: crossValidated[metric], confidence },
    champion: { estimate: champion.crossValidated[metric], confidence: champion.confidence },
    confidence: COMPARISON_CONFIDENCE,
  });
  const start = `The ${rows} hold-out rows that version ${champion.version} was not trained on and can score ${why}`;
  if (difference === null) {
    const message = `${start}, and its cross-validated ${metric} has no interval; it was not compared.`;
    return { comparison: null, warnings: [{ code: 'champion-rows', message }] };
  }
  return {
    comparison: { version: champion.version, metric, basis: 'cross-validation', rows, difference },
    warnings: [{ code: 'champion-rows', message: `${start}; cross-validated estimates were compared instead.` }],
  };
}
