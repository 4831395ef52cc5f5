import { ApplicationFailure, condition, defineQuery, defineUpdate, setHandler } from '@temporalio/workflow';
import {
  APPROVE_UPDATE,
  type Decision,
  type Judgement,
  POLICY,
  QUESTION_QUERY,
  type Question,
  REJECT_UPDATE,
} from '../contracts/deployment.js';

import { lineFault } from '../contracts/printable.js';

const approveUpdate = defineUpdate<string, [Judgement]>(APPROVE_UPDATE);
const rejectUpdate = defineUpdate<string, [Judgement]>(REJECT_UPDATE);
const questionQuery = defineQuery<Question | null>(QUESTION_QUERY);

/** Fewest digits of a model's hash that name it. */
const DIGEST_DIGITS = 12;

/**
 * Takes decisions of people. The updates exist from the beginning of a workflow, so that one that comes too early or
 * twice is told so, synchronously and without a trace in the history.
 */
export function takeDecisions() {
  let open: Question | null = null;
  let last: Decision | null = null;

  const validator = (judgement: Judgement, ...more: unknown[]): void => {
    const refuse = (why: string) => ApplicationFailure.nonRetryable(why, 'DecisionRefused');
    if (open === null)
      throw refuse(
        last === null
          ? 'Nothing waits for a decision here; npm run status shows how far the run is.'
          : `This was decided already: ${last.decision} by ${last.by}.`,
      );
    if (!isJudgementLike(judgement) || more.length > 0)
      throw refuse(`A decision is one object of ${JUDGEMENT_KEYS.join(', ')}: use npm run approve or npm run reject.`);
    if (typeof judgement.by !== 'string' || judgement.by.trim() === '')
      throw refuse('A decision needs the name of who decides: give --by.');
    if (judgement.by.trim() === POLICY)
      throw refuse(`"${POLICY}" is what the log calls decisions by policy: give the name of a person with --by.`);
    if (typeof judgement.because !== 'string' || judgement.because.trim() === '')
      throw refuse('A decision needs a reason: give --because.');
    const fault =
      lineFault('The name of who decides', judgement.by) ?? lineFault('The reason of a decision', judgement.because);
    if (fault !== null) throw refuse(fault);
    const { sha256, name, version } = open.model;
    const { model } = judgement;
    if (typeof model !== 'string' || model.length < DIGEST_DIGITS || !sha256.startsWith(model))
      throw refuse(
        `The decision is about another model than the one that waits, ${name} version ${version} (${sha256.slice(0, DIGEST_DIGITS)}); look at that one and decide again.`,
      );
  };
  const take =
    (decision: Decision['decision']) =>
    ({ by, because, model }: Judgement): string => {
      const { name, version } = open!.model;
      last = { decision, by: by.trim(), because: because.trim(), model };
      open = null;
      return `${name} version ${version} is ${decision}.`;
    };
  setHandler(approveUpdate, take('approved'), { validator, description: 'Let the waiting model go on' });
  setHandler(rejectUpdate, take('rejected'), { validator, description: 'Stop the waiting model' });
  setHandler(questionQuery, () => open, { description: 'What waits for a decision' });

  const put = (question: Question): void => {
    if (open === null) last = null;
    open = question;
  };
  const wait = async (timeoutMs: number): Promise<Decision | null> =>
    last !== null || (await condition(() => last !== null, timeoutMs, { summary: 'wait for a decision' }))
      ? last
      : null;

  return {
    /** Puts a question, or the same one in other words; it stays open until it is answered or closed. */
    open: put,

    /** @returns `null` when nobody has answered the open question within `timeoutMs` */
    wait,

    /** The answer that came already, `null` for none. */
    taken: () => last,

    close: () => void (open = null),

    /** Waits for a person. @returns `null` when nobody decided within `timeoutMs` */
    async ask(question: Question, timeoutMs: number): Promise<Decision | null> {
      put(question);
      try {
        return await wait(timeoutMs);
      } finally {
        open = null;
      }
    },
  };
}

/** The parts of a judgement. */
const JUDGEMENT_KEYS = Object.keys({ by: 0, because: 0, model: 0 } satisfies Record<keyof Judgement, 0>);

/** An update may come from anybody, so its argument is of any type; what its parts say is looked at one by one. */
const isJudgementLike = (judgement: unknown): boolean =>
  typeof judgement === 'object' &&
  judgement !== null &&
  Object.keys(judgement).every((key) => JUDGEMENT_KEYS.includes(key));

export type Decisions = ReturnType<typeof takeDecisions>;
