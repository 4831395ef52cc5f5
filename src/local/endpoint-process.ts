import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { environmentFor, ownProgram } from './processes.js';
import { portTaken, isListening } from './ports.js';
import { logsOf } from './state.js';
import { supervise } from './supervise.js';

/** The word the endpoint sends its parent once it listens. */
export const ENDPOINT_READY = 'endpoint-ready';

/**
 * The Lambda endpoint as a process of its own: it runs code of functions, which can read what their parent was started
 * with, so it gets neither keys of payloads nor passwords of servers.
 * @throws Error with the remedy when its port is taken
 */
export async function startEndpointProcess(config: Config, say: (line: string) => void) {
  const { lambdaHost, ports, captureUri, environment } = config;
  if (await isListening(ports.lambda, lambdaHost))
    throw await portTaken(ports.lambda, 'Lambda endpoint', 'MLOPS_LAMBDA_PORT');
  const running = await supervise({
    name: 'Lambda endpoint',
    command: process.execPath,
    args: ownProgram('lambda-endpoint'),
    env: environmentFor('lambda-endpoint', environment, { bucket: captureUri.startsWith('s3:') }),
    log: join(logsOf(config), 'endpoint.log'),
    ready: (child) =>
      new Promise((resolve) => child.on('message', (message) => message === ENDPOINT_READY && resolve())),
    say,
  });
  return { ...running, url: `http://${lambdaHost}:${ports.lambda}` };
}
