import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts, makeDirectory } from '../../support/temp.js';
import { startService } from '../service-process.js';

export interface Ministack {
  /** The variables by which the AWS SDKs find it. */
  environment: Record<string, string>;
  /** Ends it at once and starts it again where it was, with what it had. */
  restart: () => Promise<void>;
  close: () => Promise<void>;
}

/** Starts an emulator of AWS, empty and with a port of its own. */
export async function startMinistack(): Promise<Ministack> {
  const [[port], directory] = [await freePorts(1), await makeDirectory()];
  const url = `http://127.0.0.1:${port}`;
  const start = () => startService('ministack', [], { healthUrl: `${url}/_ministack/health`, directory, env });
  const env = {
    TMPDIR: directory,
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
    SERVICES: 'lambda,monitoring,s3,kms,sts',
    PERSIST_STATE: '1',
    STATE_DIR: join(directory, 'state'),
    S3_PERSIST: '1',
    S3_DATA_DIR: join(directory, 's3'),
    LAMBDA_EXECUTOR: 'local', // never in a container
    IOT_MTLS_ENABLED: '0', // would listen on fixed ports
    SFTP_ENABLED: '0',
  };
  let service = await start();
  return {
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
    restart: async () => {
      await service.stop();
      service = await start();
    },
    close: async () => {
      await service.stop();
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
