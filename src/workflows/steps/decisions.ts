import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  defineQuery,
  defineUpdate,
  setHandler,
} from '@temporalio/workflow';
import { programCommand } from '../../contracts/commands.js';
import {
  APPROVE_UPDATE,
  type Decided,
  type Deciders,
  type Decision,
  type Judgement,
  QUESTION_QUERY,
  type Question,
  REJECT_UPDATE,
} from '../../contracts/decision.js';
import { POLICY, type Identity, shownBy } from '../../contracts/identity.js';
import { reasonOf } from '../../contracts/failures.js';
import { lineFault, DIGEST_DIGITS, shortDigest } from '../../contracts/text.js';
import { provedDecider } from './identity.js';

const approveUpdate = defineUpdate<Decided, [Judgement]>(APPROVE_UPDATE);
const rejectUpdate = defineUpdate<Decided, [Judgement]>(REJECT_UPDATE);
const questionQuery = defineQuery<Question | null>(QUESTION_QUERY);

/** What came of a verb. */
export const DECIDED = { approve: 'approved', reject: 'rejected' } as const;

/**
 * Takes decisions of people. The updates exist from the beginning of a workflow, so that one that comes too early or
 * twice is told so, synchronously and without a trace in the history. Who decides is proved by an activity before
 * anything acts on it; a decision whose proof is wrong is refused.
 * @param deciders who may decide, asked when a decision comes
 */
export function takeDecisions(deciders: () => Promise<Deciders>) {
  let open: Question | null = null;
  let last: Decision | null = null;
  let asked = 0;

  const validator = (judgement: Judgement, ...more: unknown[]): void => {
    if (open === null)
      throw refuse(
        last === null
          ? `Nothing waits for a decision here; ${programCommand('status')} shows how far the run is.`
          : already(last),
      );
    if (!isJudgementLike(judgement) || more.length > 0)
      throw refuse(
        `A decision is one object of ${JUDGEMENT_KEYS.join(', ')}: use ${programCommand('approve')} or ${programCommand('reject')}.`,
      );
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
        `The decision is about another model than the one that waits, ${name} version ${version} (${shortDigest(sha256)}); look at that one and decide again.`,
      );
  };

  const take =
    (verb: 'approve' | 'reject') =>
    async (judgement: Judgement): Promise<Decided> => {
      const question = open!;
      const { name, version } = question.model;
      const who = await provedDecider(verb, judgement, question).catch((error: unknown) => {
        throw refuse(reasonOf(error)); // the proof is wrong, or could not be looked at
      });
      const allowed = await deciders();
      if (open?.number !== question.number)
        throw refuse(last === null ? 'It was decided without you while your proof was looked at.' : already(last));
      const refusal = refusalFor(allowed, DECIDED[verb], who);
      if (refusal !== null) throw refuse(refusal);
      last = { decision: DECIDED[verb], by: who.name, proof: who.proof, because: judgement.because.trim() };
      open = null;
      return { model: { name, version }, decision: DECIDED[verb] };
    };
  setHandler(approveUpdate, take('approve'), { validator, description: 'Let the waiting model go on' });
  setHandler(rejectUpdate, take('reject'), { validator, description: 'Stop the waiting model' });
  setHandler(questionQuery, () => open, { description: 'What waits for a decision' });

  const put = (question: Omit<Question, 'number'>): void => {
    if (open === null) {
      last = null;
      asked++;
    }
    open = { ...question, number: asked };
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

    /** Before a workflow ends: who is just deciding is told that it is too late. */
    answered: () => condition(allHandlersFinished),

    /** Waits for a person. @returns `null` when nobody decided within `timeoutMs` */
    async ask(question: Omit<Question, 'number'>, timeoutMs: number): Promise<Decision | null> {
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
const JUDGEMENT_KEYS = Object.keys({ by: 0, at: 0, evidence: 0, because: 0, model: 0 } satisfies Record<
  keyof Judgement,
  0
>);

/** An update may come from anybody, so its argument is of any type; what its parts say is looked at one by one. */
const isJudgementLike = (judgement: unknown): boolean =>
  typeof judgement === 'object' &&
  judgement !== null &&
  Object.keys(judgement).every((key) => JUDGEMENT_KEYS.includes(key));

const refuse = (why: string) => ApplicationFailure.nonRetryable(why, 'DecisionRefused');
const already = ({ decision, by, proof }: Decision) =>
  `This was decided already: ${decision} by ${shownBy(by, proof)}.`;

/** Session names of these roles are the users' own; of others, whoever takes the role chooses one. */
const SINGLE_SIGN_ON = ':assumed-role/AWSReservedSSO_';

/** Who may decide where nobody is named. */
export const EVERYBODY: Deciders = { by: [], fourEyes: false, starter: null };

/** Why somebody may not decide so, in a sentence; `null` when they may. */
export function refusalFor(deciders: Deciders, decision: Decision['decision'], who: Identity): string | null {
  const { by, fourEyes, starter } = deciders;
  if ((by.length > 0 || fourEyes) && who.proof === 'claimed')
    return `That ${who.name} decides is only claimed, and ${by.length > 0 ? 'approval.by' : 'approval.fourEyes'} takes decisions that are proved: decide with a key of your own (${programCommand('approvers', 'add', 'NAME')}), or as the user or role that you are.`;
  if (by.length > 0 && !by.includes(who.name) && !by.includes(accountOf(who)))
    return `${shownBy(who.name, who.proof)} may not decide on this model; approval.by names ${by.join(', ')}.`;
  if (!fourEyes || decision === 'rejected' || starter === null) return null;
  if (starter.proof === 'claimed')
    return `Who started this run is not proved, so approval.fourEyes cannot tell whether somebody else approves it: start it again with a key (${programCommand('approvers', 'add', 'NAME')}), or as the user or role that you are.`;
  if (starter.proof !== who.proof)
    return `${shownBy(starter.name, starter.proof)} started this run, and under approval.fourEyes ${shownBy(who.name, who.proof)} may be the same person under another name: prove who you are in the same way.`;
  if (accountOf(starter).toLowerCase() === accountOf(who).toLowerCase())
    return `${shownBy(starter.name, starter.proof)} started this run, and approval.fourEyes wants somebody else to approve it.`;
  return null;
}

/** What makes two names of one proof the same person: of a role on AWS, without a session name that could be any. */
function accountOf({ name, proof }: Identity): string {
  if (proof !== 'aws' || !name.includes(':assumed-role/') || name.includes(SINGLE_SIGN_ON)) return name;
  return name.split('/').slice(0, 2).join('/');
}

/** What `takeDecisions` gives. */
export type Decisions = ReturnType<typeof takeDecisions>;
