import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { readConfig } from '../../../src/config/config.js';
import type { Statement } from '../../../src/contracts/decision.js';
import { claim } from '../../../src/registry/prove.js';
import { openIdentities, openProofs } from '../../../src/compose/open-identities.js';
import { temporaryDirectory } from '../../support/temp.js';
import { type Ministack, startMinistack } from './ministack.js';

const ROOT = 'arn:aws:iam::000000000000:root';

let ministack: Ministack;
beforeAll(async () => {
  ministack = await startMinistack();
  for (const [name, value] of Object.entries(ministack.environment)) vi.stubEnv(name, value);
});
afterAll(async () => {
  await ministack.close();
  vi.unstubAllEnvs();
});

const statement: Statement = {
  ...{ kind: 'decision', verb: 'approve', workflowId: 'train-1', runId: 'run-1', question: 1 },
  model: { name: 'anemia-detection', version: 3, sha256: 'a'.repeat(64) },
  because: 'looks right',
};

/** Signatures are tried in test/unit/vendors/aws/sts.test.ts: this emulator checks none. */
it('proves a caller by the answer of an STS that is not ours', async () => {
  const directory = await temporaryDirectory();
  const settings = { ...ministack.environment, MLOPS_IDENTITY: 'aws', MLOPS_HOME: directory };
  const config = readConfig(settings);
  const said = await claim(openProofs(config), statement, undefined);
  expect(said).toMatchObject({ by: ROOT, evidence: { kind: 'aws', region: 'us-east-1', token: null } });
  const now = new Date().toISOString();
  expect(await openIdentities(config).prove(statement, said, now)).toEqual({ name: ROOT, proof: 'aws' });

  const elsewhere = openIdentities(readConfig({ ...settings, MLOPS_IDENTITY_ACCOUNTS: '111111111111' }));
  await expect(elsewhere.prove(statement, said, now)).rejects.toMatchObject({
    type: 'IdentityNotProved',
    message: expect.stringContaining('an AWS account that this worker does not believe') as string,
  });
});
