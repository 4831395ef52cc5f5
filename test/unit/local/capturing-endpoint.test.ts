import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL, fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readWindow } from '../../../src/capture/read.js';
import { openCapturingLog } from '../../../src/local/capturing-endpoint.js';
import { bundleHandler } from '../../../src/deploy/bundle.js';
import { modelDocument, registered } from '../model/models.js';
import { NAMES } from '../capture/lines.js';
import { NO_S3, temporaryDirectory } from '../../support/temp.js';
import { openLambdaLab } from '../lambda-emulator/lab.js';
import { createFileObjects } from '../../../src/store/file-objects.js';

const lab = openLambdaLab();

it('captures what a real function predicts, and leaves the rest to its log', async () => {
  const directory = await temporaryDirectory();
  const captureUri = pathToFileURL(join(directory, 'capture')).href;
  const said: string[] = [];
  const log = openCapturingLog({ captureUri, s3: NO_S3, directory, say: (line) => said.push(line) });
  await lab.restart({ onLog: log.onLog });
  const { bytes, meta } = registered(modelDocument());
  const from = new Date(Date.now() - 60_000).toISOString();
  await lab.create(await bundleHandler(bytes, meta));

  await lab.invoke({ r: 43, g: 30, hb: 10 });
  await lab.invoke({
    instances: [
      [44, 31, null],
      [45, 32, 9.5],
    ],
  });
  await lab.invoke({ r: 43, g: 'text', hb: 10 });
  const probe = Buffer.from(JSON.stringify({ custom: { purpose: 'probe' } })).toString('base64');
  await lab.invoke({ r: 43, g: 30, hb: 10 }, undefined, probe);
  log.onLog('not a prediction', { functionName: 'f', version: '1' });
  await lab.endpoint.close(); // has read what the function printed
  await log.close();

  const source = createFileObjects(fileURLToPath(captureUri));
  const window = { from, to: new Date(Date.now() + 60_000).toISOString() };
  const read = await readWindow({ source, model: meta.name, sha256: meta.sha256, features: NAMES, window });
  expect(read.summary).toMatchObject({ rows: 3, brokenLines: 0, otherVersions: [], withoutInputs: 0 });
  const faults = [{ reason: 'not-a-number', feature: 'g', requests: 1 }];
  expect(read.summary.requests).toEqual({ total: 3, refused: 1, faults });
  expect([...read.features.get('hb')!]).toEqual([10, NaN, 9.5]);
  expect([...read.features.get('r')!]).toEqual([43, 44, 45]);
  expect([...read.scores]).toEqual([0.9, 0.1, 0.75]);
  expect([...read.predictions]).toEqual([1, 0, 1]);
  expect(said).toEqual([]);

  expect(await readdir(join(directory, 'logs'))).toEqual(['f.log']);
  const logged = (await readFile(join(directory, 'logs', 'f.log'), 'utf8')).split('\n');
  expect(logged).toContain('not a prediction');
  expect(logged.filter((line) => line.includes('"purpose":"probe"'))).toHaveLength(1);
  expect(logged.join('')).not.toContain('inputs');
});
