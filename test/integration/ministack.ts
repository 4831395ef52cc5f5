import { rm } from 'node:fs/promises';
import { freePorts, makeDirectory } from '../support/temp.js';
import { startService } from './service-process.js';

export interface Ministack {
  /** The variables by which the AWS SDKs find it. */
  environment: Record<string, string>;
  close: () => Promise<void>;
}

/** Starts an emulator of AWS, empty and with a port of its own. */
export async function startMinistack(): Promise<Ministack> {
  const [[port], directory] = [await freePorts(1), await makeDirectory()];
  const url = `http://127.0.0.1:${port}`;
  const { stop } = await startService('ministack', [], {
    healthUrl: `${url}/_ministack/health`,
    directory,
    env: {
      TMPDIR: directory,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      SERVICES: 'lambda,monitoring',
      LAMBDA_EXECUTOR: 'local', // never in a container
      IOT_MTLS_ENABLED: '0', // would listen on fixed ports
      SFTP_ENABLED: '0',
    },
  });
  return {
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
    close: async () => {
      await stop();
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
