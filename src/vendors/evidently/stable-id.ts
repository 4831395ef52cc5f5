import { createHash } from 'node:crypto';

/** Namespace of our ids, drawn once (RFC 9562, version 5). */
const NAMESPACE = Buffer.from('6f0f5c0e1d5b4a83a7f64bd0a2b9c3e1', 'hex');

/** A UUID that is the same for the same parts, so that what is made twice is made once. */
export function stableId(...parts: string[]): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
