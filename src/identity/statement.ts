import { createHash } from 'node:crypto';
import type { Claim } from '../contracts/identity.js';
import type { Statement } from '../contracts/decision.js';

/** Nothing else that is ever signed with these keys begins like this. */
const PREFIX = 'anemia-mlops statement 1\n';

/** The one text of a statement and who makes it when, whatever the order of its keys: what is signed. */
export const textOf = (statement: Statement, { by, at }: Omit<Claim, 'evidence'>): string =>
  `${PREFIX}${canonical({ ...statement, by, at })}`;

/** SHA-256 of that text, hexadecimal: what a request to AWS is bound to. */
export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** JSON with sorted keys and without what is undefined. */
const canonical = (value: object): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
