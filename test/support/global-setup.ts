import { serverBinary } from './temporal.js';

/** A server that must be built first is built once, before any test waits for it. */
export default async function setup(): Promise<void> {
  await serverBinary();
}
