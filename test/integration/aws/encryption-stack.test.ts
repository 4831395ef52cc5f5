import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import type { PipelineReport } from '../../../src/contracts/pipeline.js';
import { openHome } from '../../support/cli.js';
import { freePorts } from '../../support/temp.js';
import { LIMIT_MS } from '../../support/until.js';
import { kept } from '../temporal/kept-by-server.js';

interface Sent {
  metadata: Record<string, string>;
  data: string;
}

it(
  'the local stack encrypts with the keys of its environment, and decrypts for its Web UI',
  { timeout: LIMIT_MS * 2 },
  async ({ onTestFinished }) => {
    const home = await openHome(onTestFinished);
    const [port] = await freePorts(1);
    const env = {
      MLOPS_CODEC_KEYS: `ours:${randomBytes(32).toString('base64')}`,
      MLOPS_CODEC_PORT: String(port),
    };
    const { code, stdout, stderr } = await home.run(['start-pipeline', '--json', '--set', 'validation.repeats=1'], env);
    expect(code, stderr).toBe(0);
    const { outcome, workflowId } = JSON.parse(stdout) as PipelineReport;
    expect(outcome).toBe('deployed');

    const { bytes, payloads, events } = await kept(home.client, workflowId);
    // The store's id in headers is nobody's secret, and the SDK's own mark of a local activity has its number and times.
    const known = /\.search|\.header\.fields\.mlops-store$|\.markerRecordedEventAttributes\.details\.data\./;
    expect(payloads.filter(({ encoding, path }) => encoding !== 'binary/encrypted' && !known.test(path))).toEqual([]);
    expect(bytes.includes('anemia-sample')).toBe(false);

    // As the Web UI asks, which has payloads in base64.
    const [input] = events[0]!.workflowExecutionStartedEventAttributes!.input!.payloads!;
    const base64 = (value: Uint8Array) => Buffer.from(value).toString('base64');
    const metadata = Object.fromEntries(Object.entries(input!.metadata!).map(([name, value]) => [name, base64(value)]));
    const response = await fetch(`http://127.0.0.1:${port}/decode`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        origin: `http://127.0.0.1:${home.ports.ui}`,
        'x-namespace': 'default',
      },
      body: JSON.stringify({ payloads: [{ metadata, data: base64(input!.data!) }] }),
    });
    expect(response.status).toBe(200);
    const { payloads: decoded } = (await response.json()) as { payloads: Sent[] };
    const text = Buffer.from(decoded[0]!.data, 'base64').toString();
    expect(JSON.parse(text)).toMatchObject({ definition: { model: 'anemia-detection' } });
  },
);
