import { PipelineFailure } from '../../contracts/failures.js';
import { CUSTOM_KIND, type ModelFeature } from '../../contracts/learner.js';
import { isRecord, refuse } from '../../model/checks.js';
import type { CustomEstimator } from './custom/check.js';
import type { Learner, Scoring } from './learner.js';
import { LEARNERS } from './table.js';
import type { Tree } from './tree/check.js';

/** The built-in kinds. */
export type CandidateKind = keyof typeof LEARNERS;

/** In the table's order, in which people are told of them. */
export const CANDIDATE_KINDS = Object.keys(LEARNERS) as CandidateKind[];

/** Options of the built-in kinds, complete. */
export type CandidateOptions = { [K in CandidateKind]: Parameters<(typeof LEARNERS)[K]['fit']>[1] };

/** What a model has learned: the part of its document that its kind decides. */
export type Estimator = ReturnType<(typeof LEARNERS)[CandidateKind]['scoring']['check']> | CustomEstimator;

type AnyLearner = Learner<unknown, Estimator>;

const learners = new Map<string, AnyLearner>(Object.entries(LEARNERS));

/** Makes a kind known to this thread, to candidates and to models, in place of what was known of it before. */
export function addLearner(kind: string, learner: AnyLearner): void {
  learners.set(kind, learner);
}

/** `undefined` when no learner of this kind is known. */
export const learnerOf = (kind: string): AnyLearner | undefined => learners.get(kind);

/** Those that are known now, in the order in which they were added. */
export const knownLearners = (): [kind: string, learner: AnyLearner][] => [...learners];

/** @throws PipelineFailure `ModelInvalid` when no learner of this kind is known */
export function scoringOf(kind: Estimator['kind']): Scoring<Estimator> {
  const learner = learners.get(kind);
  if (learner !== undefined) return learner.scoring;
  throw new PipelineFailure(
    'ModelInvalid',
    `The model is of the kind ${kind}, whose learner this program does not know: name its module in MLOPS_LEARNERS and start again.`,
  );
}

/** @throws PipelineFailure `ModelInvalid` */
export function checkEstimator(value: unknown, features: ModelFeature[]): Estimator {
  const kind = isRecord(value) ? value['kind'] : undefined;
  if (typeof kind === 'string' && (learners.has(kind) || CUSTOM_KIND.test(kind)))
    return scoringOf(kind as Estimator['kind']).check(value, features); // refused when it is none of them
  return refuse('estimator.kind', kind === undefined ? 'missing' : 'unknown', `one of ${CANDIDATE_KINDS.join(', ')}`);
}

/** The trees of an estimator, none when it is not made of trees. */
export const treesOf = (estimator: Estimator): Tree[] => scoringOf(estimator.kind).trees?.(estimator) ?? [];
