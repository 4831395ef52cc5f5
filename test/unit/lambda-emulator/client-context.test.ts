import { expect, it } from 'vitest';
import { failureOf, openLambdaLab } from './lab.js';
import { zipOf } from './zips.js';

const lab = openLambdaLab();
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');

it('hands the client context to the handler', async () => {
  await lab.create(zipOf('return [typeof context.clientContext, context.clientContext]'));
  const context = { custom: { purpose: 'probe', text: 'ü' } };
  expect((await lab.invoke({}, undefined, encode(context))).payload).toEqual(['object', context]);
  expect((await lab.invoke()).payload).toEqual(['undefined', null]);
});

it.each([
  ['no base64', '{"custom":{}}'],
  ['no JSON', Buffer.from('{').toString('base64')],
  ['no object', encode([1])],
  ['too much', encode({ custom: 'x'.repeat(2700) })],
])('refuses %s', async (_, context) => {
  await lab.create(zipOf('return 1'));
  expect(await failureOf(lab.invoke({}, undefined, context))).toEqual(['InvalidRequestContentException', 400]);
});
