import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Somebody whom the fake STS knows, by access key. */
export interface Known {
  secret: string;
  arn: string;
  /** Of a session of a role. */
  token?: string;
}

/** STS takes signatures for so long. */
const MOST_SKEW_MS = 15 * 60_000;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** Answers `GetCallerIdentity` as STS does, with the signature checked by AWS's published algorithm (Signature Version 4). */
export const fakeSts =
  (known: Record<string, Known>) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      const refused = refusalOf(known, request, body);
      const arn = known[accessKeyOf(request)]?.arn ?? '';
      response
        .writeHead(refused === null ? 200 : 403, { 'content-type': 'text/xml' })
        .end(
          refused === null ? identity(arn) : `<ErrorResponse><Error><Code>${refused}</Code></Error></ErrorResponse>`,
        );
    });
  };

export const identity = (arn: string, account = arn.split(':')[4] ?? '') =>
  `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>AIDA</UserId><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

const accessKeyOf = ({ headers }: IncomingMessage) =>
  /Credential=([A-Z0-9]+)/.exec(headers.authorization ?? '')?.[1] ?? '';

function refusalOf(known: Record<string, Known>, { method = '', url = '', headers }: IncomingMessage, body: string) {
  const parts = /Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)/.exec(
    headers.authorization ?? '',
  );
  if (parts === null) return 'MissingAuthenticationToken';
  const [, key, scope, names, signature] = parts as unknown as [string, string, string, string, string];
  const person = known[key];
  if (person === undefined || person.token !== headers['x-amz-security-token']) return 'InvalidClientTokenId';
  const date = String(headers['x-amz-date']);
  const signedAt = Date.parse(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
  if (!(Math.abs(Date.now() - signedAt) <= MOST_SKEW_MS)) return 'SignatureDoesNotMatch';
  const signed = names.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const canonical = [method, url, '', signed.join(''), names, sha256(body)].join('\n');
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const secret = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${person.secret}`);
  if (hmac(secret, text).toString('hex') !== signature) return 'SignatureDoesNotMatch';
  return body === 'Action=GetCallerIdentity&Version=2011-06-15' ? null : 'InvalidAction';
}
