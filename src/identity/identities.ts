import { programCommand } from '../contracts/commands.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { Claim, Evidence, Identity } from '../contracts/identity.js';
import type { Statement } from '../contracts/decision.js';
import { isMacOf, digestOf, textOf } from './prove.js';
import { isSignatureOf, PERSON } from './signing-keys.js';
import type { Caller } from '../vendors/aws/sts.js';

/** A statement counts for so long before and after it reaches a workflow, in minutes. */
const FRESH_MINUTES = 15;

/** Finds out on the worker how far it is proved who said something. */
export interface Identities {
  /**
   * @param received when the workflow got it, ISO 8601
   * @throws PipelineFailure `IdentityNotProved` for evidence that is wrong: another text, another key, another time
   */
  prove(statement: Statement, claim: Claim, received: string): Promise<Identity>;
}

/** By what a worker checks. */
export interface IdentitySources {
  /** User whom the worker runs as: the only one who can read the key of the home. */
  osUser: string;
  /** `null` where there is no home that client and worker share. */
  osUserKey: (() => Promise<Uint8Array>) | null;
  /** Public key of a person by the registry, `null` for nobody. */
  publicKeyOf: (name: string) => Promise<string | null>;
  /** Whom AWS names, from an account that is trusted; `null` where AWS is not asked. */
  aws: ((evidence: Extract<Evidence, { kind: 'aws' }>, digest: string) => Promise<Caller>) | null;
}

export function createIdentities({ osUser, osUserKey, publicKeyOf, aws }: IdentitySources): Identities {
  return {
    async prove(statement, claim, received) {
      const { by: name, at, evidence } = claim;
      if (evidence === null) return { name, proof: 'claimed' };
      const text = textOf(statement, claim);
      if (!(Math.abs(Date.parse(received) - Date.parse(at)) <= FRESH_MINUTES * 60_000))
        throw notProved(
          `What ${name} said was said more than ${FRESH_MINUTES} minutes before or after it came: say it again, and set the clock if that is wrong.`,
        );
      switch (evidence.kind) {
        case 'os-user': {
          // Of a home that is not this worker's, or by another user who may read all files: a name like any other.
          const proved = osUserKey !== null && name === osUser && isMacOf(await osUserKey(), text, evidence.mac);
          return { name, proof: proved ? 'os-user' : 'claimed' };
        }
        case 'signed': {
          const key = PERSON.test(name) ? await publicKeyOf(name) : null;
          if (key === null)
            throw notProved(
              `${name} has no key in this registry: enrol it with ${programCommand('approvers', 'add')}, or decide under another name with --by.`,
            );
          if (!isSignatureOf(key, text, evidence.signature))
            throw notProved(
              `The signature is not one of ${name} for this: it was made with another key, for another run, model or decision, or changed on the way.`,
            );
          return { name, proof: 'signed' };
        }
        case 'aws': {
          if (aws === null)
            throw notProved('This worker asks AWS for nobody: set MLOPS_IDENTITY=aws for it, or sign with a key.');
          const { arn } = await aws(evidence, digestOf(text));
          if (arn !== name) throw notProved(`AWS names ${arn}, and not ${name}, as who signed this.`);
          return { name, proof: 'aws' };
        }
      }
    },
  };
}

const notProved = (message: string) => new PipelineFailure('IdentityNotProved', message);
