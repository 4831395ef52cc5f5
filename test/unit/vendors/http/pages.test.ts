import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { createCloudWatch, versionCounts } from '../../../../src/vendors/aws/lambda/counts.js';
import { publishCode } from '../../../../src/vendors/aws/lambda/publish.js';
import { createMlflowClient } from '../../../../src/vendors/mlflow/client.js';
import { listVersions, modelsTagged } from '../../../../src/vendors/mlflow/models.js';
import { findRuns } from '../../../../src/vendors/mlflow/runs.js';
import { allPages } from '../../../../src/vendors/http/exchange.js';
import { createS3Objects } from '../../../../src/vendors/aws/objects.js';
import { serve } from '../../../support/serve.js';

const fault = (why: string) => new Error(why);
const next = (tokens: (string | undefined)[]) => {
  const asked: (string | undefined)[] = [];
  const ask = (token: string | undefined) => {
    asked.push(token);
    return Promise.resolve(tokens[asked.length - 1]);
  };
  return { asked, pages: allPages(ask, (token) => token, fault) };
};

describe('pages', () => {
  it('are asked for by their tokens until there is none', async () => {
    const { asked, pages } = next(['a', 'b', '']);
    expect(await pages).toEqual(['a', 'b', '']);
    expect(asked).toEqual([undefined, 'a', 'b']);
    expect(await next([undefined]).pages).toHaveLength(1);
  });

  it.each([
    ['the same', ['a', 'a']],
    ['a circle', ['a', 'b', 'c', 'a']],
  ])('that lead back are refused: %s', async (_, tokens) => {
    const { asked, pages } = next(tokens);
    await expect(pages).rejects.toThrow('its list does not end: the same page follows again');
    expect(asked).toHaveLength(tokens.length);
  });

  it('that never end are refused', async () => {
    let asked = 0;
    const pages = allPages(
      () => Promise.resolve(String(asked++)),
      (token) => token,
      fault,
    );
    await expect(pages).rejects.toThrow('more than 10000 pages');
  });
});

describe('a server whose list leads back to itself', () => {
  it('is refused as MLflow', async () => {
    const address = await serve((request, response) => {
      request.resume();
      const list = { next_page_token: 'again', registered_models: [], model_versions: [], runs: [] };
      response.end(request.url?.endsWith('/version') ? '3.17.2' : JSON.stringify(list));
    });
    const client = createMlflowClient({ uri: new URL(address).origin, authorization: null });
    for (const asked of [
      modelsTagged(client, 'tag', 'value'),
      listVersions(client, 'anemia'),
      findRuns(client, '1', ''),
    ])
      await expect(asked).rejects.toMatchObject({
        type: 'RegistryUnusable',
        message: expect.stringContaining('its list does not end') as string,
      });
  });

  it('is refused as Lambda and as CloudWatch', async () => {
    const address = await serve((request, response) => {
      request.resume();
      const isList = request.url?.includes('/versions') === true;
      response.setHeader('content-type', isList ? 'application/json' : 'application/x-amz-json-1.0');
      response.end(JSON.stringify({ NextMarker: 'again', NextToken: 'again', Versions: [], MetricDataResults: [] }));
    });
    const aws = {
      ...{ endpoint: new URL(address).origin, region: 'us-east-1' },
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    };
    const [client, cloudWatch] = [new LambdaClient(aws), createCloudWatch(aws)];
    const code = { functionName: 'anemia', zip: new Uint8Array(1), codeSha256: 'a', description: 'version 1' };
    await expect(publishCode({ client, createMissing: true, send: {} }, code)).rejects.toThrow(
      'Lambda cannot list the versions of anemia: its list does not end',
    );
    const asked = { functionName: 'anemia', alias: 'live', functionVersion: '1', from: new Date(0), to: new Date() };
    await expect(versionCounts(cloudWatch, 60, asked, {})).rejects.toThrow(
      'CloudWatch cannot tell what anemia did: its list does not end',
    );
    client.destroy();
    cloudWatch.destroy();
  });

  it('is refused as a bucket', async () => {
    const address = await serve((request, response) => {
      request.resume();
      response.setHeader('content-type', 'application/xml');
      response.end(
        '<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken></ListBucketResult>',
      );
    });
    const client = new S3Client({
      ...{ endpoint: new URL(address).origin, forcePathStyle: true, region: 'us-east-1' },
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    const objects = createS3Objects(client, { bucket: 'models', prefix: '' }, null);
    await expect(objects.list('')).rejects.toMatchObject({ type: 'StorageUnusable' });
    client.destroy();
  });
});
