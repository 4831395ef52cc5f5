import type { Config } from '../config/config.js';
import { print } from './output.js';

/** Commands load what they need when they run, see `commands.ts`. */

export async function stack(given: Config, options: { background?: true; ports?: 'auto' }): Promise<number> {
  const { runStack } = await import('../local/stack.js');
  const { withStartLock } = await import('../local/ensure.js');
  const { findStack } = await import('../local/state.js');
  const { withFreePorts } = await import('../local/addresses.js');
  const config = options.ports === 'auto' ? await withFreePorts(given) : given;
  const start = async () => ((await findStack(config)) ? null : runStack(config, print));
  const running = await (options.background ? start() : withStartLock(config, start));
  if (running === null) {
    print('The local stack runs already; stop it with npm run stop.');
    return 0;
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void running.stop());
  const { ui, lambda, reports, logs } = running.status();
  if (!options.background)
    print(`Local stack is up: Web UI ${ui ?? '-'}, reports ${reports}, Lambda endpoint ${lambda}, logs in ${logs}.`);
  await running.ended;
  return 0;
}

/** Serves the Web UI until a signal. */
export async function codecServer(config: Config): Promise<number> {
  const { encrypts } = await import('../vendors/temporal/codec/codec-keys.js');
  const { openCodec } = await import('../vendors/temporal/codec/data-converter.js');
  const { startCodecServer } = await import('../vendors/temporal/codec/server.js');
  const { host, port } = config.codec.server;
  if (!encrypts(config.codec))
    throw new Error(
      'The codec server has no keys: set MLOPS_CODEC_KEYS or MLOPS_CODEC_KMS_KEYS as the workers have it.',
    );
  const server = await startCodecServer({ codec: await openCodec(config.codec), host, port, ui: config.ui });
  print(
    `Codec server listens on ${host}:${port}, for pages of ${config.ui ?? 'no Web UI: name its address in MLOPS_UI'}.`,
  );
  await signalled();
  await server.close();
  return 0;
}

/** Serves functions and captures their predictions until a signal: the stack's endpoint, where its parts are containers. */
export async function lambdaEndpoint(config: Config): Promise<number> {
  const { startCapturingEndpoint } = await import('../local/capturing-endpoint.js');
  const { ENDPOINT_READY } = await import('../local/endpoint-process.js');
  const endpoint = await startCapturingEndpoint(config, print);
  if (process.send) process.send(ENDPOINT_READY);
  else print(`Lambda endpoint listens on ${endpoint.url}; predictions are captured in ${config.captureUri}.`);
  await (process.send ? leftAlone() : signalled());
  await endpoint.close();
  if (process.connected) process.disconnect();
  return 0;
}

const signalled = () =>
  new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });

/** The stack tells its parts to end one by one, also when a terminal interrupts all of them; they end with it as well. */
const leftAlone = () =>
  new Promise<void>((resolve) => {
    process.on('SIGINT', () => undefined);
    process.once('SIGTERM', () => resolve());
    process.once('disconnect', () => resolve());
  });

export async function stop(config: Config): Promise<number> {
  const { requestStop, clearStale } = await import('../local/state.js');
  if (await requestStop(config)) print('Stopped the local stack.');
  else {
    await clearStale(config, print);
    print('No local stack is running.');
  }
  return 0;
}

export async function worker(config: Config): Promise<number> {
  const { runWorker } = await import('../worker/run-worker.js');
  const { WORKER_READY } = await import('../local/stack.js');
  await runWorker(config, () => {
    if (process.send) process.send(WORKER_READY);
    else print('Worker is listening.');
  });
  return 0;
}
