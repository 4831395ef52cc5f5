import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../../../src/config/config.js';
import type { Statement } from '../../../../src/contracts/decision.js';
import { claim } from '../../../../src/registry/prove.js';
import { askCaller, signAsk } from '../../../../src/vendors/aws/sts.js';
import { openIdentities, openProofs } from '../../../../src/compose/open-identities.js';
import { serve } from '../../../support/serve.js';
import { temporaryDirectory } from '../../../support/temp.js';
import { fakeSts, identity, type Known } from './fake-sts.js';

const [DIGEST, OTHER] = ['a'.repeat(64), 'b'.repeat(64)];
const REGION = 'eu-central-1';
const ADA = 'arn:aws:iam::123456789012:user/ada';
const people = {
  AKIAADA: { secret: 'ada-secret', arn: ADA },
  AKIAEVE: { secret: 'eve-secret', arn: 'arn:aws:iam::999999999999:user/ada' },
  ASIAROLE: { secret: 'role-secret', arn: 'arn:aws:sts::123456789012:assumed-role/Approvers/bea', token: 'session+/=' },
  ASIAFED: { secret: 'fed-secret', arn: 'arn:aws:sts::123456789012:federated-user/anybody', token: 'federated' },
} satisfies Record<string, Known>;

/** From now on this process has the credentials of somebody. */
function be(key: keyof typeof people): void {
  const { secret, token = '' }: Known = people[key];
  vi.stubEnv('AWS_ACCESS_KEY_ID', key);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secret);
  vi.stubEnv('AWS_SESSION_TOKEN', token === '' ? undefined : token);
}

beforeEach(() => {
  vi.stubEnv('AWS_PROFILE', undefined);
  be('AKIAADA');
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

const refused = (why: string) => ({ type: 'IdentityNotProved', message: expect.stringContaining(why) as string });
const sts = async () => ({ region: REGION, endpoint: await serve(fakeSts(people)) });

describe('whom AWS names', () => {
  it('is who signed the request, a user or a session of a role', async () => {
    const settings = await sts();
    const signed = await signAsk(settings, DIGEST);
    expect(await askCaller(signed, DIGEST, settings)).toEqual({ arn: ADA, account: '123456789012' });
    expect(JSON.stringify(signed)).not.toContain(people.AKIAADA.secret);
    be('ASIAROLE');
    const session = await signAsk(settings, DIGEST);
    expect(session.token).toBe(people.ASIAROLE.token);
    expect((await askCaller(session, DIGEST, settings)).arn).toBe(people.ASIAROLE.arn);
  });

  it('is nobody for another statement, another time or a changed signature', async () => {
    const settings = await sts();
    const signed = await signAsk(settings, DIGEST);
    const mismatch = refused('refused by STS with SignatureDoesNotMatch');
    await expect(askCaller(signed, OTHER, settings)).rejects.toMatchObject(mismatch);
    const changed = {
      ...signed,
      authorization: signed.authorization.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    };
    await expect(askCaller(changed, DIGEST, settings)).rejects.toMatchObject(mismatch);
    const old = await signAsk(settings, DIGEST, new Date(Date.now() - 16 * 60_000));
    await expect(askCaller(old, DIGEST, settings)).rejects.toMatchObject(mismatch);
    const renewed = { ...old, date: signed.date };
    await expect(askCaller(renewed, DIGEST, settings)).rejects.toMatchObject(mismatch);
    be('ASIAROLE');
    const session = await signAsk(settings, DIGEST);
    const stolen = { ...session, token: 'another' };
    await expect(askCaller(stolen, DIGEST, settings)).rejects.toMatchObject(refused('InvalidClientTokenId'));
  });

  it('is nobody where a federated user chose the name', async () => {
    const settings = await sts();
    be('ASIAFED');
    const signed = await signAsk(settings, DIGEST);
    await expect(askCaller(signed, DIGEST, settings)).rejects.toMatchObject(refused('a federated user, whose name'));
  });

  it('is not asked with a request that is not bound to the statement, or is none of ours', async () => {
    const asked = vi.fn();
    vi.stubGlobal('fetch', asked);
    const settings = { region: REGION, endpoint: null };
    be('ASIAROLE');
    const signed = await signAsk(settings, DIGEST);
    const without = (name: string) => ({ ...signed, authorization: signed.authorization.replace(name, '') });
    for (const name of [';x-mlops-statement', 'host;', ';x-amz-date', ';x-amz-security-token'])
      await expect(askCaller(without(name), DIGEST, settings)).rejects.toMatchObject(refused('is not bound to what'));
    const regions = [
      '',
      'evil.example/',
      'eu-central-1.evil.example',
      'us-east-1@evil',
      'us-east-1\n',
      '../x',
      'local',
    ];
    const wrong = [
      ...regions.map((region) => ({
        ...{ ...signed, region },
        authorization: signed.authorization.replace(REGION, region),
      })),
      { ...signed, region: 'eu-west-1' },
      { ...signed, date: `${signed.date}\r\nx-evil: 1` },
      { ...signed, authorization: signed.authorization.replace('/sts/', '/iam/') },
      { ...signed, authorization: `${signed.authorization}\r\nx-evil: 1` },
    ];
    for (const one of wrong)
      await expect(askCaller(one, DIGEST, settings)).rejects.toMatchObject(refused('is not what a client'));
    const split = { ...signed, token: 'a\r\nb' };
    await expect(askCaller(split, DIGEST, settings)).rejects.toMatchObject(refused('session token that is none'));
    expect(asked).not.toHaveBeenCalled();
  });

  it.each([
    ['us-east-1', 'https://sts.us-east-1.amazonaws.com/', 'cn-north-1'],
    ['ap-southeast-2', 'https://sts.ap-southeast-2.amazonaws.com/', 'us-gov-west-1'],
    ['us-gov-west-1', 'https://sts.us-gov-west-1.amazonaws.com/', 'us-east-2'],
    ['cn-north-1', 'https://sts.cn-north-1.amazonaws.com.cn/', 'us-east-2'],
  ])('is asked of AWS alone, in %s at %s, and no redirect is followed', async (region, url, elsewhere) => {
    const asked = vi.fn<typeof fetch>(() =>
      Promise.resolve(new Response(null, { status: 302, headers: { location: 'https://evil.example/' } })),
    );
    vi.stubGlobal('fetch', asked);
    const settings = { region, endpoint: null };
    const signed = await signAsk(settings, DIGEST);
    await expect(askCaller(signed, DIGEST, settings)).rejects.toMatchObject(refused('with status 302'));
    expect(asked.mock.calls).toEqual([[url, expect.objectContaining({ method: 'POST', redirect: 'manual' })]]);
    await expect(askCaller(signed, DIGEST, { region: elsewhere, endpoint: null })).rejects.toMatchObject(
      refused('another partition of AWS'),
    );
    expect(asked).toHaveBeenCalledOnce();
  });
});

describe('an answer of STS', () => {
  const answered = async (status: number, body: string) => {
    const endpoint = await serve((_, response) => void response.writeHead(status).end(body));
    const settings = { region: REGION, endpoint };
    return askCaller(await signAsk(settings, DIGEST), DIGEST, settings);
  };

  it.each([
    ['nothing', ''],
    ['JSON', JSON.stringify({ Arn: ADA, Account: '123456789012' })],
    ['no account', `<Arn>${ADA}</Arn>`],
    ['an account that is none', identity(ADA, '12')],
    ['a name with a line break', identity(`${ADA}\n`)],
    ['a name that is no ARN', identity('ada')],
    ['a name without end', identity(`arn:${'a'.repeat(3000)}`, '123456789012')],
  ])('that is %s names nobody', async (_, body) => {
    await expect(answered(200, body)).rejects.toMatchObject(refused('got an answer that is none of STS'));
  });

  it('is read to 64 KiB', async () => {
    const long = `${' '.repeat(64 * 1024)}${identity(ADA)}`;
    await expect(answered(200, long)).rejects.toMatchObject(refused('more than 64 KiB, the most that is read'));
  });

  it('that may be another one later is worth another try', async () => {
    const throttled = '<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>';
    for (const [status, body] of [
      [503, ''],
      [429, ''],
      [400, throttled],
    ] as const) {
      const failure = await answered(status, body).catch((error: unknown) => error);
      expect(failure).toMatchObject({
        name: 'Error',
        message: expect.stringMatching(/^AWS STS answered with/) as string,
      });
    }
  });

  it('that does not come is waited for 10 s', async () => {
    const asked = vi.fn();
    const settings = { region: REGION, endpoint: await serve(asked) };
    const signed = await signAsk(settings, DIGEST);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const failure = askCaller(signed, DIGEST, settings).catch((error: unknown) => error);
    await vi.waitUntil(() => asked.mock.calls.length > 0);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await failure).toMatchObject({ message: expect.stringContaining('did not answer within 10 s') as string });
  });
});

describe('a decision of a caller of AWS', () => {
  const statement: Statement = {
    ...{ kind: 'decision', verb: 'approve', workflowId: 'train-1', runId: 'run-1', question: 1 },
    model: { name: 'anemia-detection', version: 3, sha256: 'a'.repeat(64) },
    because: 'looks right',
  };
  const configOf = async (endpoint: string, settings: NodeJS.ProcessEnv = {}) => {
    const directory = await temporaryDirectory();
    return readConfig({
      ...{ MLOPS_HOME: directory, XDG_CONFIG_HOME: directory, MLOPS_IDENTITY: 'aws', AWS_REGION: REGION },
      ...{ AWS_ENDPOINT_URL_STS: endpoint, ...settings },
    });
  };
  const now = () => new Date().toISOString();

  it('is proved by whom AWS names, for this statement alone', async () => {
    const config = await configOf((await sts()).endpoint);
    const said = await claim(openProofs(config), statement, undefined);
    const identities = openIdentities(config);
    expect(await identities.prove(statement, said, now())).toEqual({ name: ADA, proof: 'aws' });
    const other = { ...statement, verb: 'reject' } as const;
    await expect(identities.prove(other, said, now())).rejects.toMatchObject(refused('SignatureDoesNotMatch'));
    const bea = { ...said, by: people.ASIAROLE.arn };
    await expect(identities.prove(statement, bea, now())).rejects.toMatchObject(refused('SignatureDoesNotMatch'));
  });

  it('counts for no account but the worker’s own, or those that it is told', async () => {
    const { endpoint } = await sts();
    be('AKIAEVE');
    const said = await claim(openProofs(await configOf(endpoint)), statement, undefined);
    expect(said.by).toBe(people.AKIAEVE.arn);
    be('AKIAADA');
    const foreign = refused('an AWS account that this worker does not believe');
    const own = openIdentities(await configOf(endpoint));
    await expect(own.prove(statement, said, now())).rejects.toMatchObject(foreign);
    const reported = (accounts: string) => configOf(endpoint, { MLOPS_IDENTITY_ACCOUNTS: accounts });
    const both = openIdentities(await reported('123456789012, 999999999999'));
    expect(await both.prove(statement, said, now())).toEqual({ name: people.AKIAEVE.arn, proof: 'aws' });
    const neither = openIdentities(await reported('111111111111'));
    await expect(neither.prove(statement, said, now())).rejects.toMatchObject(foreign);
  });
});
