import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { compactTime } from '../capture/partitions.js';
import { openCaptureWriter } from '../capture/writer.js';
import { openObjectsAt } from '../compose/open-storage.js';
import type { Config } from '../config/config.js';
import { startLambdaEndpoint } from '../lambda-emulator/endpoint.js';
import { fileLog, type LogSource } from '../lambda-emulator/runtime.js';
import type { S3Settings } from '../vendors/aws/objects.js';
import { onPort, portTaken, isListening } from './addresses.js';
import { environmentFor, ownProgram, supervise } from './processes.js';
import { logsOf } from './state.js';

/**
 * Starts the Lambda endpoint of a configuration, whose predictions are captured where the worker looks for them.
 * @param say hears when predictions cannot be captured
 * @throws Error with the remedy when its port is taken
 */
export async function startCapturingEndpoint(
  config: Config,
  say: (line: string) => void,
): Promise<{ url: string; close: () => Promise<void> }> {
  const { captureUri, storage, lambdaHost: host, ports } = config;
  const directory = join(config.home, 'lambda');
  const log = openCapturingLog({ captureUri, s3: storage.s3, directory, say });
  try {
    const endpoint = await onPort(ports.lambda, 'Lambda endpoint', 'MLOPS_LAMBDA_PORT', (port) =>
      startLambdaEndpoint({ directory, host, port, onLog: log.onLog }),
    );
    return {
      url: endpoint.url,
      async close() {
        await endpoint.close(); // its functions print until they end
        await log.close();
      },
    };
  } catch (error) {
    await log.close();
    throw error;
  }
}

interface CapturingLog {
  /** Takes every line that functions print. */
  onLog: (line: string, source: LogSource) => void;
  /** Writes the predictions that wait. */
  close(): Promise<void>;
}

/**
 * Captures predictions and sends what else functions print to their logs below `directory`, the endpoint's.
 * @throws Error when the capture URI is neither a `file:` nor an `s3:` URI
 */
export function openCapturingLog(options: {
  captureUri: string;
  /** For a capture in a bucket. */
  s3: S3Settings;
  directory: string;
  say: (line: string) => void;
}): CapturingLog {
  const { captureUri: uri, s3, say } = options;
  const capture = openCaptureWriter({ objects: openObjectsAt({ uri, s3 }), newPart, say });
  const log = fileLog(options.directory);
  return {
    onLog(line, source) {
      if (!capture.take(line)) log(line, source);
    },
    close: () => capture.close(),
  };
}

/** No two writers append to the same file, nor one before and after a failure. */
const newPart = () => `${compactTime(new Date())}-${randomBytes(4).toString('hex')}`;

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
