import { expect, inject, it } from 'vitest';
import { runCommand, withoutSettings } from '../../../support/cli.js';
import { temporaryDirectory } from '../../../support/temp.js';
import { startFakeS3 } from './fake-s3.js';

const LIMIT_MS = 60_000;

it('of another version is said to be that by every command that looks into it', { timeout: LIMIT_MS }, async () => {
  const s3 = await startFakeS3('models');
  s3.buckets.get('models')!.set('anemia/format.json', Buffer.from('{"format":99,"version":"99.0.0"}'));
  const environment = {
    ...withoutSettings(process.env),
    MLOPS_HOME: await temporaryDirectory(),
    MLOPS_STORAGE: 's3://models/anemia',
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    ...{ AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' },
    TEMPORAL_ADDRESS: '127.0.0.1:1',
  };
  const said = expect.stringMatching(
    /^The bucket s3:\/\/models\/anemia has format 99, made by version 99\.0\.0, and version \S+ of this program reads format \d+: use version 99\.0\.0 or a later one, or begin anew under another prefix in MLOPS_STORAGE; nothing of it was changed\.\n$/,
  ) as string;
  const commands = [
    ['models'],
    ['history', '--verify'],
    ['approvers'],
    ['prune', '--captures', '90d'],
    ['forget', '--id', '00000000-0000-4000-8000-000000000000'],
    ['start-pipeline'],
  ];
  for (const command of commands) {
    const { code, stderr } = await runCommand(process.execPath, [inject('client'), ...command], environment);
    expect([command, code, stderr]).toEqual([command, 1, said]);
  }
  expect(s3.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
});
