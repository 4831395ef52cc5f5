import { KMSClient } from '@aws-sdk/client-kms';
import { SignatureV4 } from '@smithy/signature-v4';
import { translated } from './client.js';
import type { Evidence } from '../../contracts/identity.js';
import { PipelineFailure } from '../../contracts/failures.js';
import { type Answer, exchange, isPassing, type Server } from '../http/exchange.js';
import type { Caller } from '../../registry/prove.js';

type Signed = Extract<Evidence, { kind: 'aws' }>;

/** Where STS is asked: AWS's own address of a region, unless an emulator's is given. */
export interface StsSettings {
  region: string;
  endpoint: string | null;
}

/** All that the request says beside who signs it and for what. */
const BODY = 'Action=GetCallerIdentity&Version=2011-06-15';
const CONTENT_TYPE = 'application/x-www-form-urlencoded; charset=utf-8';

/** Binds the request to a statement: its value is the statement's digest, and it is among what is signed. */
const BOUND_HEADER = 'x-mlops-statement';

/** Refusals of STS, with status 400, that another try may not meet. */
const PASSING_CODES: ReadonlySet<string> = new Set(['RequestLimitExceeded', 'Throttling', 'ThrottlingException']);

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES = 64 * 1024;

const REGION = /^(cn|[a-z]{2}(?:-[a-z]+)?)-[a-z]+-\d{1,2}$/;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=[A-Za-z0-9]{4,128}\/\d{8}\/([a-z0-9-]+)\/sts\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=[0-9a-f]{64}$/;

/**
 * Signs, with the AWS credentials of this process, a request for the caller's identity, for somebody else to send.
 * @param digest of the statement that it is bound to
 * @throws PipelineFailure `CredentialsRejected` when there are none
 */
export async function signAsk({ region, endpoint }: StsSettings, digest: string, at = new Date()): Promise<Signed> {
  // Any client of the SDK finds the credentials that it would use; this one is in use already.
  const client = new KMSClient({ region });
  try {
    const { credentials, sha256 } = client.config;
    const signer = new SignatureV4({ credentials, sha256, region, service: 'sts', applyChecksum: false });
    const { uri } = serverOf({ region, endpoint });
    const url = new URL(uri);
    const headers = { host: url.host, 'content-type': CONTENT_TYPE, [BOUND_HEADER]: digest };
    const { protocol, hostname } = url;
    const signed = await signer.sign(
      { method: 'POST', protocol, hostname, path: '/', query: {}, headers, body: BODY },
      { signingDate: at },
    );
    return {
      kind: 'aws',
      region,
      authorization: signed.headers['authorization']!,
      date: signed.headers['x-amz-date']!,
      token: signed.headers['x-amz-security-token'] ?? null,
    };
  } catch (error) {
    throw translated(error, 'Proving who you are to AWS');
  } finally {
    client.destroy();
  }
}

/**
 * Sends what somebody signed to STS, and nowhere else, and gives whom AWS names.
 * @param digest of the statement that the request must be bound to
 * @param own settings of this process; another region of the same partition may be asked
 * @throws PipelineFailure `IdentityNotProved` when it is bound to nothing, AWS does not know the signature, or what it
 * names is a federated user
 * @throws Error, worth another try, when STS does not answer or has too much to do
 */
export async function askCaller(signed: Signed, digest: string, own: StsSettings): Promise<Caller> {
  const { region, authorization, date, token } = signed;
  const [, scope, names = ''] = AUTHORIZATION.exec(authorization) ?? [];
  const covered = new Set(names.split(';'));
  const needed = ['host', 'x-amz-date', BOUND_HEADER, ...(token === null ? [] : ['x-amz-security-token'])];
  if (!REGION.test(region) || scope !== region || !/^\d{8}T\d{6}Z$/.test(date))
    throw notProved('is not what a client of this project signs for STS');
  // Numbers of accounts are AWS's own in each partition, so that an equal one elsewhere may be somebody else.
  if (partitionOf(region) !== partitionOf(own.region))
    throw notProved('is for another partition of AWS than this worker');
  if (!needed.every((name) => covered.has(name))) throw notProved('is not bound to what was said');
  if (token !== null && !/^[\x21-\x7e]{1,8192}$/.test(token)) throw notProved('has a session token that is none');
  const headers = {
    'content-type': CONTENT_TYPE,
    authorization,
    'x-amz-date': date,
    [BOUND_HEADER]: digest,
    ...(token === null ? {} : { 'x-amz-security-token': token }),
  };
  const request = { method: 'POST', path: '/', body: BODY, timeoutMs: TIMEOUT_MS, limit: ANSWER_BYTES } as const;
  return callerIn(await exchange(serverOf({ region, endpoint: own.endpoint }), headers, request));
}

function callerIn({ status, body }: Answer): Caller {
  const text = body.toString('utf8');
  if (isPassing(status)) throw new Error(`AWS STS answered with ${status}.`);
  const [arn, account] = [/<Arn>(arn:[!-;=?-~]{1,2048})<\/Arn>/, /<Account>(\d{12})<\/Account>/].map(
    (part) => part.exec(text)?.[1],
  );
  if (status === 200 && arn !== undefined && account !== undefined) {
    if (arn.includes(':federated-user/'))
      throw notProved(
        'is of a federated user, whose name is chosen by whoever asks for it; decide as a user or a role',
      );
    return { arn, account };
  }
  if (status === 200) throw notProved('got an answer that is none of STS');
  const code = /<Code>([A-Za-z]{1,64})<\/Code>/.exec(text)?.[1] ?? `status ${status}`;
  if (PASSING_CODES.has(code)) throw new Error(`AWS STS answered with ${code}.`);
  throw notProved(`was refused by STS with ${code}; renew your credentials, check your clock, and decide again`);
}

/** Clouds of AWS that know nothing of each other's accounts. */
function partitionOf(region: string): 'aws' | 'aws-cn' | 'aws-us-gov' {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

function serverOf({ region, endpoint }: StsSettings): Server {
  const domain = partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const uri = endpoint?.replace(/\/+$/, '') ?? `https://sts.${region}.${domain}`;
  return { name: 'AWS STS', uri, setting: 'AWS_ENDPOINT_URL_STS', unusable: 'IdentityNotProved' };
}

const notProved = (why: string) =>
  new PipelineFailure('IdentityNotProved', `The request that should prove an AWS identity ${why}.`);
