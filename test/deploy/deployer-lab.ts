import { PipelineFailure } from '../../src/contracts/failures.js';
import { createLambdaDeployer } from '../../src/deploy/lambda-deployer.js';
import { bundleHandler } from '../../src/serving/bundle.js';
import { CART, modelDocument, registered } from '../serving/models.js';

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
