import { describe, expect, it } from 'vitest';
import type { Deciders } from '../../src/contracts/decision.js';
import { type Identity, shownBy } from '../../src/contracts/identity.js';
import type { Proof } from '../../src/contracts/vocabulary.js';
import { EVERYBODY, refusalFor } from '../../src/workflows/steps/decisions.js';

const who = (name: string, proof: Proof): Identity => ({ name, proof });
const PROOFS = ['claimed', 'os-user', 'signed', 'aws'] as const;
const only = (...by: string[]): Deciders => ({ ...EVERYBODY, by });
const fourEyes = (starter: Identity | null): Deciders => ({ by: [], fourEyes: true, starter });

it('shows how far a name is proved, and nothing behind a rule', () => {
  expect(PROOFS.map((proof) => shownBy('Ada', proof))).toEqual([
    ...['Ada (claimed)', 'Ada (OS user)', 'Ada (signed)', 'Ada (AWS)'],
  ]);
  expect([shownBy('the definition', null), shownBy('train-1', undefined)]).toEqual(['the definition', 'train-1']);
});

describe('who may decide', () => {
  it('is everybody where the definition says nothing', () => {
    for (const proof of PROOFS) expect(refusalFor(EVERYBODY, 'approved', who('Ada', proof))).toBeNull();
  });

  it('is whom approval.by names, with proof', () => {
    for (const decision of ['approved', 'rejected'] as const) {
      expect(refusalFor(only('ada'), decision, who('ada', 'signed'))).toBeNull();
      expect(refusalFor(only('ada'), decision, who('ada', 'os-user'))).toBeNull();
      expect(refusalFor(only('ada'), decision, who('ada', 'claimed'))).toContain('only claimed, and approval.by takes');
      expect(refusalFor(only('ada', 'bea'), decision, who('eve', 'signed'))).toBe(
        'eve (signed) may not decide on this model; approval.by names ada, bea.',
      );
    }
  });

  it('is a role on AWS under any session, where the role is named', () => {
    const role = 'arn:aws:sts::123456789012:assumed-role/Approvers';
    expect(refusalFor(only(role), 'approved', who(`${role}/ada`, 'aws'))).toBeNull();
    expect(refusalFor(only(role), 'approved', who(`${role}2/ada`, 'aws'))).toContain('may not decide');
    expect(refusalFor(only(role), 'approved', who(`${role}/ada`, 'signed'))).toContain('may not decide');
  });
});

describe('four eyes', () => {
  it.each([
    [who('ada', 'signed'), who('ada', 'signed'), 'ada (signed) started this run, and approval.fourEyes wants somebody'],
    [who('ada', 'signed'), who('Ada', 'signed'), 'wants somebody else'],
    [who('ada', 'signed'), who('bea', 'claimed'), 'only claimed, and approval.fourEyes takes'],
    [who('ada', 'claimed'), who('bea', 'signed'), 'Who started this run is not proved'],
    [who('alovelace', 'os-user'), who('ada', 'signed'), 'may be the same person under another name'],
  ])('%j started, %j may not approve', (starter, decider, why) => {
    expect(refusalFor(fourEyes(starter), 'approved', decider)).toContain(why);
  });

  it('are two persons, or one where no person started', () => {
    expect(refusalFor(fourEyes(who('ada', 'signed')), 'approved', who('bea', 'signed'))).toBeNull();
    expect(refusalFor(fourEyes(null), 'approved', who('ada', 'signed'))).toBeNull();
  });

  it('let the one who started it reject it', () => {
    expect(refusalFor(fourEyes(who('ada', 'signed')), 'rejected', who('ada', 'signed'))).toBeNull();
    expect(refusalFor(fourEyes(who('ada', 'signed')), 'rejected', who('ada', 'claimed'))).toContain('only claimed');
  });

  it('are not two sessions of one role, whose names whoever takes it chooses', () => {
    const of = (role: string, session: string) =>
      who(`arn:aws:sts::123456789012:assumed-role/${role}/${session}`, 'aws');
    const refused = refusalFor(fourEyes(of('Deploy', 'ada')), 'approved', of('Deploy', 'bea'));
    expect(refused).toContain('wants somebody else');
    const signedOn = 'AWSReservedSSO_Deploy_0123';
    expect(refusalFor(fourEyes(of(signedOn, 'ada')), 'approved', of(signedOn, 'bea'))).toBeNull();
    expect(refusalFor(fourEyes(of(signedOn, 'ada')), 'approved', of(signedOn, 'ada'))).toContain('wants somebody else');
  });

  it('and approval.by hold together', () => {
    const both = { ...fourEyes(who('ada', 'signed')), by: ['ada', 'bea'] };
    expect(refusalFor(both, 'approved', who('ada', 'signed'))).toContain('wants somebody else');
    expect(refusalFor(both, 'approved', who('eve', 'signed'))).toContain('may not decide');
    expect(refusalFor(both, 'approved', who('bea', 'signed'))).toBeNull();
  });
});
