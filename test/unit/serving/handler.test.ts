import { describe, expect, it } from 'vitest';
import { createHandler, type HttpAnswer } from '../../../src/serving/handler.js';
import { goldenRequests } from '../../../src/model/golden.js';
import { predictRow } from '../../../src/model/predict.js';
import { MAX_LINE_CHARACTERS } from '../../../src/serving/prediction-log.js';
import { ESTIMATORS, FEATURES, FOREST, modelDocument, registered } from '../model/models.js';

const AWS_ID = '0f8c2a1e-5b7d-4c39-9e60-aa0000000001';
const URL_ID = '0f8c2a1e-5b7d-4c39-9e60-aa0000000002';
const NEW_ID = '0f8c2a1e-5b7d-4c39-9e60-aa0000000003';

const good = { r: 43, g: 30, hb: 10 };

function build({ captureInputs = true, document = modelDocument() } = {}) {
  const { meta } = registered(document, 3);
  const lines: Record<string, unknown>[] = [];
  const raw: string[] = [];
  const handler = createHandler({
    document,
    meta,
    captureInputs,
    cors: null,
    now: () => new Date('2026-01-02T03:04:05Z'),
    newId: () => NEW_ID,
    writeLine: (line) => {
      raw.push(line);
      lines.push(JSON.parse(line) as Record<string, unknown>);
    },
  });
  const http = async (method: string, rawPath: string, body?: unknown) => {
    const event = {
      version: '2.0',
      rawPath,
      requestContext: { requestId: URL_ID, http: { method } },
      ...(body === undefined
        ? {}
        : { body: Buffer.from(JSON.stringify(body)).toString('base64'), isBase64Encoded: true }),
    };
    const answer = (await handler(event)) as HttpAnswer;
    return {
      status: answer.statusCode,
      type: answer.headers['content-type'],
      body: JSON.parse(answer.body) as Record<string, unknown>,
    };
  };
  return { handler, http, lines, raw, meta, document };
}

describe('handler', () => {
  it('answers the direct event of old, and says which model did', async () => {
    const { handler, meta } = build();
    const answer = await handler(good, { awsRequestId: AWS_ID });
    expect(answer).toEqual({ predictions: 1, score: 0.9, label: 'Yes', model: meta, id: AWS_ID });
    expect(await handler({ ...good, hb: 12 })).toMatchObject({ predictions: 0, score: 0.1, label: 'No', id: NEW_ID });
  });

  it('answers with an id of its own where it is called by none that is one', async () => {
    const { handler, raw } = build();
    const requestContext = { requestId: 'Ada Lovelace', http: { method: 'POST' } };
    const answer = (await handler({
      version: '2.0',
      rawPath: '/',
      requestContext,
      body: JSON.stringify(good),
    })) as HttpAnswer;
    expect(JSON.parse(answer.body)).toMatchObject({ id: NEW_ID });
    expect(await handler(good, { awsRequestId: 'Ada Lovelace' })).toMatchObject({ id: NEW_ID });
    expect(raw.join('')).not.toMatch(/Ada/);
  });

  it('returns a refusal to a direct event instead of failing the invocation', async () => {
    const { handler } = build();
    expect(await handler({ ...good, r: 'x' })).toMatchObject({
      statusCode: 400,
      error: {
        type: 'InvalidInput',
        fields: [{ field: 'r', reason: 'not-a-number', message: 'is text, not a number.' }],
      },
    });
    expect(await handler(null)).toMatchObject({ statusCode: 400 });
  });

  it('answers a batch with lists', async () => {
    const { handler, meta } = build();
    const answer = await handler({ instances: [good, { ...good, hb: 12 }] });
    expect(answer).toEqual({ predictions: [1, 0], scores: [0.9, 0.1], model: meta, id: NEW_ID });
    expect(await handler({ dataframe_records: [good] })).toMatchObject({ predictions: [1] });
    expect(await handler({ instances: [] })).toMatchObject({ predictions: [], scores: [] });
  });

  it('scores a row alike, alone and among many', async () => {
    const { handler } = build({ document: modelDocument(FOREST) });
    const rows = Array.from({ length: 100 }, (_, i) => ({
      r: i / 1.7,
      g: 20 + i / 9,
      hb: i % 3 === 0 ? null : 1 + i / 7,
    }));
    const { scores } = (await handler({ instances: rows })) as unknown as { scores: number[] };
    for (const [i, row] of rows.entries()) expect(await handler(row)).toMatchObject({ score: scores[i] });
  });

  it('answers over HTTP', async () => {
    const { http, meta } = build();
    expect(await http('POST', '/', good)).toEqual({
      status: 200,
      type: 'application/json',
      body: { predictions: 1, score: 0.9, label: 'Yes', model: meta, id: URL_ID },
    });
    expect(await http('POST', '/', { ...good, r: 101 })).toMatchObject({
      status: 400,
      body: { error: { fields: [{ field: 'r' }] } },
    });
    expect(await http('POST', '/')).toMatchObject({ status: 400, body: { error: { type: 'InvalidJson' } } });
    expect(await http('PUT', '/')).toMatchObject({ status: 405 });
    expect(await http('GET', '/nowhere')).toMatchObject({ status: 404 });
    expect(await http('GET', '/health')).toMatchObject({ status: 200, body: { status: 'ok', model: meta } });
  });

  it('shows the model card without parameters', async () => {
    const { http, meta, document } = build();
    const { body } = await http('GET', '/model');
    expect(body).toMatchObject({
      ...meta,
      threshold: 0.5,
      labels: document.labels,
      training: document.training,
      metrics: document.metrics,
    });
    expect(body['features']).toContainEqual({
      name: 'hb',
      unit: 'g/dL',
      range: [1, 25],
      required: false,
      imputation: 11.5,
    });
    expect(body['estimator']).toBe('cart');
  });

  it('logs one line per request, with or without inputs', async () => {
    const captured = build();
    await captured.handler({ instances: [{ ...good, hb: null }] });
    const { name, version, sha256 } = captured.meta;
    const common = {
      type: 'prediction',
      id: NEW_ID,
      time: '2026-01-02T03:04:05.000Z',
      model: name,
      version,
      sha256,
      offset: 0,
    };
    expect(captured.lines).toEqual([
      { ...common, features: ['r', 'g', 'hb'], inputs: [[43, 30, null]], predictions: [0], scores: [0.1] },
    ]);
    const silent = build({ captureInputs: false });
    await silent.handler(good);
    expect(silent.lines).toEqual([{ ...common, predictions: [1], scores: [0.9] }]);
  });

  it('logs why a request is refused, by the features of the model alone', async () => {
    const { handler, http, lines, raw, meta } = build();
    const { hb, ...rest } = good;
    await handler({ ...rest, Hemoglobin: hb }, { awsRequestId: AWS_ID });
    const { name, version, sha256 } = meta;
    expect(lines).toEqual([
      {
        ...{ type: 'refusal', id: AWS_ID, time: '2026-01-02T03:04:05.000Z', model: name, version, sha256 },
        faults: [
          { reason: 'missing-field', feature: 'hb' },
          { reason: 'unknown-field', feature: null },
        ],
      },
    ]);
    expect(raw.join('')).not.toMatch(/Hemoglobin|10/);

    lines.length = 0;
    await handler({ instances: [{ ...good, r: 'Jane' }, { ...good, r: null, g: 999 }, 7, { ...good, r: 'Joe' }] });
    await http('POST', '/', undefined);
    await handler({ instances: 5 });
    await handler({ instances: Array.from({ length: 10_001 }, () => good) });
    expect(lines.map(({ faults }) => faults)).toEqual([
      [
        { reason: 'not-a-number', feature: 'r' },
        { reason: 'missing-value', feature: 'r' },
        { reason: 'out-of-range', feature: 'g' },
        { reason: 'wrong-shape', feature: null },
      ],
      [{ reason: 'InvalidJson', feature: null }],
      [
        { reason: 'missing-field', feature: 'r' },
        { reason: 'missing-field', feature: 'g' },
        { reason: 'missing-field', feature: 'hb' },
        { reason: 'unknown-field', feature: null },
      ],
      [{ reason: 'TooLarge', feature: null }],
    ]);
    expect(raw.join('')).not.toMatch(/Jane|Joe|999/);
  });

  it('logs no refusal of what asks for no prediction, and marks those of our own requests', async () => {
    const { handler, http, lines } = build();
    await http('GET', '/nothing');
    await http('GET', '/');
    expect(lines).toEqual([]);
    await handler({}, { clientContext: { custom: { purpose: 'probe' } } });
    expect(lines).toMatchObject([{ type: 'refusal', purpose: 'probe' }]);
  });

  it('splits the log of a great batch into lines that fit one event', async () => {
    const { handler, lines, raw } = build({ document: modelDocument(FOREST) });
    await handler({ instances: Array.from({ length: 10_000 }, (_, i) => [i / 101, 30.123456789, 10]) });
    expect(raw.length).toBeGreaterThan(1);
    expect(Math.max(...raw.map((line) => line.length))).toBeLessThan(MAX_LINE_CHARACTERS + 1000);
    const offsets = lines.map((line) => line['offset'] as number);
    const sizes = lines.map((line) => (line['scores'] as number[]).length);
    expect(sizes.reduce((a, b) => a + b)).toBe(10_000);
    expect(offsets[1]).toBe(sizes[0]);
  });
});

describe('goldenRequests', () => {
  it.each(ESTIMATORS)('are answered as the model itself does ($kind)', async (estimator) => {
    const document = modelDocument(estimator);
    const { handler } = build({ document });
    const requests = goldenRequests(document);
    expect(requests.length).toBeGreaterThan(3);
    for (const { event, expected } of requests) {
      const overTheWire = JSON.parse(JSON.stringify(event)) as unknown;
      expect(await handler(overTheWire)).toMatchObject({ predictions: expected.prediction, score: expected.score });
      expect(expected).toEqual(
        predictRow(
          document,
          FEATURES.map(({ name }) => event[name] ?? NaN),
        ),
      );
    }
  });
});
