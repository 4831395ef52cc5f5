import { expect } from 'vitest';
import type { Definition } from '../../../../src/contracts/definition.js';
import type { ModelDocument } from '../../../../src/contracts/model.js';
import type { RegisteredModel } from '../../../../src/contracts/values.js';
import { classOf, scoreRow } from '../../../../src/model/predict.js';

/** A definition, what was learned by it, and where that serves. */
export interface Served {
  definition: Definition;
  model: RegisteredModel;
  document: ModelDocument;
  /** Address of the function URL. */
  url: string;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const anId = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;

/**
 * Asks a deployed model over HTTP in every shape that the product takes and by every path: each answer must be what the
 * definition and the model document say.
 * @param rows in definition order, NaN where a value is missing
 */
export async function expectRightAnswers(served: Served, rows: readonly number[][]): Promise<void> {
  await expectPredictions(served, rows);
  await expectRefusals(served, rows[0]!);
  await expectCard(served);
}

async function expectPredictions({ definition, model, document, url }: Served, rows: readonly number[][]) {
  const names = definition.columns.map(({ name }) => name);
  const lists = rows.map(jsonValues);
  const objects = lists.map((values) => named(names, values));
  const scores = rows.map((row) => scoreRow(document, row));
  const predictions = scores.map((score) => classOf(document, score));
  for (const [i, score] of scores.entries()) {
    expect(score >= 0 && score <= 1).toBe(true);
    const label = predictions[i] === 1 ? definition.target.positive : definition.target.negative;
    const right = { predictions: predictions[i], score, label, model, id: anId };
    // Without its type the body arrives in base64.
    expect(await post(url, objects[i], i === 0 ? {} : JSON_TYPE)).toEqual([200, right]);
  }
  const batches: [path: string, batch: object][] = [
    ['', { instances: objects }],
    ['predict', { instances: lists }],
    ['invocations', { dataframe_records: objects }],
    ['invocations', { dataframe_split: { columns: names, data: lists } }],
  ];
  for (const [path, batch] of batches)
    expect(await post(`${url}${path}`, batch)).toEqual([200, { predictions, scores, model, id: anId }]);
}

/** What a definition calls a feature, its unit and its range are what a refusal names. */
async function expectRefusals({ definition: { columns }, url }: Served, row: readonly number[]) {
  const names = columns.map(({ name }) => name);
  const values = jsonValues(row);
  for (const [j, { name, unit, range, impute }] of columns.entries()) {
    const [low, high] = range;
    const beyond = named(names, values.with(j, high + Math.max(1, Math.abs(high))));
    const outside = `is outside ${low} to ${high}${unit === '' ? '' : ` ${unit}`}.`;
    expect(await post(url, beyond)).toEqual(refusedFor({ field: name, reason: 'out-of-range', message: outside }));
    if (impute === 'none')
      expect(await post(url, named(names, values.with(j, null)))).toEqual(
        refusedFor({ field: name, reason: 'missing-value', message: expect.stringMatching(/send a number/) as string }),
      );
  }
}

const refusedFor = (fault: object): unknown[] => [
  400,
  expect.objectContaining({ error: expect.objectContaining({ type: 'InvalidInput', fields: [fault] }) as object }),
];

/** What it says of itself. */
async function expectCard({ definition: { columns, target }, model, url }: Served) {
  const { positive, negative } = target;
  const features = columns.map(
    ({ name, unit, range, impute }) =>
      expect.objectContaining({ name, unit, range, required: impute === 'none' }) as object,
  );
  const card = { ...model, features, labels: { positive, negative } };
  expect(await answerOf(await fetch(`${url}model`))).toEqual([200, expect.objectContaining(card)]);
  expect(await answerOf(await fetch(`${url}health`))).toEqual([200, { status: 'ok', model }]);
}

const jsonValues = (row: readonly number[]) => row.map((value) => (Number.isNaN(value) ? null : value));

const named = (names: readonly string[], values: readonly (number | null)[]) =>
  Object.fromEntries(names.map((name, j) => [name, values[j]!]));

const post = async (url: string, body: unknown, headers: Record<string, string> = JSON_TYPE) =>
  answerOf(await fetch(url, { method: 'POST', headers, body: Buffer.from(JSON.stringify(body)) }));

const answerOf = async (response: Response): Promise<[status: number, body: unknown]> => [
  response.status,
  await response.json(),
];
