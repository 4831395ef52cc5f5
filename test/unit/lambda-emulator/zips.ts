import { zipSync, strToU8 } from 'fflate';

/** Zip of a handler written as the body of `handler(event, context)`. */
export function zipOf(body: string, head = ''): Uint8Array {
  const code = `${head}\nexport const handler = async (event, context) => {\n${body}\n};\n`;
  return zipSync({ 'index.mjs': strToU8(code) }, { mtime: new Date(1980, 0, 1) });
}

/** Fields of a created function that tests do not care about. */
export const CREATED = {
  Runtime: 'nodejs22.x',
  Role: 'arn:aws:iam::000000000000:role/test',
  Handler: 'index.handler',
} as const;
