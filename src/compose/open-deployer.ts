import type { Config } from '../config/config.js';
import { createLambdaDeployer } from '../vendors/aws/lambda/deployer.js';

/** The local endpoint takes any credentials and makes what is missing; on AWS the infrastructure's owner does that. */
export const openDeployer = ({ lambda }: Config) =>
  lambda.kind === 'local'
    ? createLambdaDeployer({
        endpoint: lambda.endpoint,
        region: 'local',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        createMissing: true,
        metricSeconds: 1,
      })
    : createLambdaDeployer({ region: lambda.region, createMissing: false });
