import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { openCapturingLog } from './capturing-log.js';
import { startLambdaEndpoint } from '../lambda-emulator/endpoint.js';
import { onPort } from './on-port.js';

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
