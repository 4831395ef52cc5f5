import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FunctionSettings } from '../../../../../src/contracts/definition.js';
import { createLambdaDeployer } from '../../../../../src/vendors/aws/lambda/deployer.js';
import { DEFAULT_SETTINGS } from '../../../../../src/vendors/aws/lambda/settings.js';
import { startLambdaEndpoint, type LambdaEndpoint } from '../../../../../src/lambda-emulator/endpoint.js';
import { bundleHandler } from '../../../../../src/deploy/bundle.js';
import { CART, modelDocument, registered } from '../../../model/models.js';
import { makeDirectory } from '../../../../support/temp.js';
import { until } from '../../../../support/until.js';

const ROW = { r: 45, g: 29, hb: 12 };
const functionName = 'switched';
let endpoint: LambdaEndpoint;
let zip: Uint8Array;
const lines: string[] = [];

beforeAll(async () => {
  endpoint = await startLambdaEndpoint({
    directory: await makeDirectory(),
    port: 0,
    onLog: (line) => lines.push(line),
  });
  const { bytes, meta } = registered(modelDocument(CART), 1);
  zip = await bundleHandler(bytes, meta);
});
afterAll(() => endpoint.close());

const deployer = (createMissing: boolean) =>
  createLambdaDeployer({
    ...{ endpoint: endpoint.url, region: 'local', createMissing },
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });

const publish = (captureInputs: FunctionSettings['captureInputs'], createMissing = true) =>
  deployer(createMissing).publish({
    ...{ functionName, zip, description: '' },
    settings: { ...DEFAULT_SETTINGS, captureInputs },
  });

/** Whether the line that a version prints for a prediction has its inputs. */
async function printsInputs(qualifier: string): Promise<boolean> {
  lines.length = 0;
  await deployer(true).invoke({ functionName, qualifier, event: ROW });
  const line = await until(
    () => lines.find((printed) => printed.includes('"type":"prediction"')),
    (printed) => printed !== undefined,
  );
  return 'inputs' in (JSON.parse(line!) as object);
}

it('leaves inputs out where the definition says so, until it says otherwise', async () => {
  const on = await publish(null);
  expect(await printsInputs(on.functionVersion)).toBe(true);

  const off = await publish(false);
  expect(off).toMatchObject({ published: true });
  expect(await printsInputs(off.functionVersion)).toBe(false);

  // A rollback publishes the same code without a word on it: the switch stays as it is.
  expect(await publish(null)).toEqual({ ...off, published: false });
  expect(await printsInputs((await publish(true)).functionVersion)).toBe(true);
});

it('refuses to deploy with inputs where they are not wanted and the function is not ours to change', async () => {
  await publish(true);
  await expect(publish(false, false)).rejects.toThrow(
    /Function switched has the capture of inputs on .*CAPTURE_INPUTS/,
  );
  await expect(publish(false, false)).rejects.toMatchObject({ type: 'CaptureNotSwitched' });
  expect(await publish(true, false)).toMatchObject({ published: false });
});
