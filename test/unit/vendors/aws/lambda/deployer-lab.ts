import { rm } from 'node:fs/promises';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { PipelineFailure } from '../../../../../src/contracts/failures.js';
import { createLambdaDeployer } from '../../../../../src/vendors/aws/lambda/deployer.js';
import { startLambdaEndpoint } from '../../../../../src/lambda-emulator/endpoint.js';
import { bundleHandler } from '../../../../../src/deploy/bundle.js';
import { makeDirectory } from '../../../../support/temp.js';
import { CART, modelDocument, registered } from '../../../model/models.js';

export const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
export const deployerFor = (endpoint: string, createMissing = true) =>
  createLambdaDeployer({ endpoint, region: 'us-east-1', credentials, createMissing });
export const zipOf = (document = modelDocument(CART), version = 1) => {
  const { bytes, meta } = registered(document, version);
  return bundleHandler(bytes, meta);
};

export const failureType = async (call: Promise<unknown>): Promise<string> => {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error instanceof PipelineFailure ? error.type : error instanceof Error ? error.name : 'no failure';
};

/** An endpoint of its own with a deployer and a client of AWS. */
export async function openDeployerLab() {
  const directory = await makeDirectory();
  const local = await startLambdaEndpoint({ directory, port: 0 });
  const client = new LambdaClient({ endpoint: local.url, region: 'us-east-1', credentials });
  return {
    ...{ local, deployer: deployerFor(local.url), client },
    close: async (): Promise<void> => {
      client.destroy();
      await local.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
