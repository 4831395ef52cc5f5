import { openRegistry, openSecrets } from './composition.js';
import type { Config } from '../config/config.js';
import { PipelineFailure } from '../contracts/failures.js';
import type { Evidence } from '../contracts/identity.js';
import {
  type Caller,
  createIdentities,
  type Identities,
  newOsUserKey,
  osUser,
  type ProofSources,
} from '../registry/prove.js';
import { openSigningKeys } from '../registry/signing-keys.js';
import { type Approvers, createApprovers } from '../registry/approvers.js';

/** By what this process proves who uses it. */
export function openProofs(config: Config): ProofSources {
  const { by, sts, keys } = config.identity;
  return {
    osUser: osUser(),
    osUserKey: osUserKey(config),
    keys: openSigningKeys(keys),
    aws:
      by === 'os-user'
        ? null
        : {
            name: async () => (await ownCaller(config)).arn,
            evidence: async (digest) => (await import('../vendors/aws/sts.js')).signAsk(sts, digest),
          },
    now: () => new Date(),
  };
}

/** By what this process, a worker, finds out who says something. */
export function openIdentities(config: Config): Identities {
  const approvers = openApprovers(config);
  return createIdentities({
    osUser: osUser(),
    osUserKey: osUserKey(config),
    publicKeyOf: async (name) => (await approvers.find(name))?.publicKey ?? null,
    aws: config.identity.by === 'os-user' ? null : trustedCaller(config),
  });
}

/** The people whose public keys the registry knows. */
export const openApprovers = (config: Config): Approvers => createApprovers(openRegistry(config));

/** Only in files of one's own: what is in a bucket says nothing of the user of a machine. */
const osUserKey = (config: Config): ProofSources['osUserKey'] =>
  config.storage.base === null ? () => openSecrets(config).getOrMake('os-user-key', newOsUserKey) : null;

/** Digest of no statement, to ask who this process is itself. */
const NO_STATEMENT = '0'.repeat(64);

async function ownCaller({ identity: { sts } }: Config): Promise<Caller> {
  const { askCaller, signAsk } = await import('../vendors/aws/sts.js'); // the SDK takes a while to load
  return askCaller(await signAsk(sts, NO_STATEMENT), NO_STATEMENT, sts);
}

/** Whom AWS names, if of an account that is believed: anybody in the world has some identity on AWS. */
function trustedCaller(config: Config) {
  const { sts, accounts } = config.identity;
  let own: Promise<string[]> | null = null;
  const trusted = (): Promise<string[]> => {
    if (accounts.length > 0) return Promise.resolve(accounts);
    own ??= ownCaller(config).then(({ account }) => [account]);
    own.catch(() => (own = null));
    return own;
  };
  return async (evidence: Extract<Evidence, { kind: 'aws' }>, digest: string): Promise<Caller> => {
    const { askCaller } = await import('../vendors/aws/sts.js');
    const caller = await askCaller(evidence, digest, sts);
    if (!(await trusted()).includes(caller.account))
      throw new PipelineFailure(
        'IdentityNotProved',
        `${caller.arn} is of an AWS account that this worker does not believe: name its account in MLOPS_IDENTITY_ACCOUNTS of the workers.`,
      );
    return caller;
  };
}
