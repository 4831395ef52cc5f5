import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBody, readInvocation, routeOf, MAX_BODY_BYTES } from '../../../src/serving/http.js';
import { nearestName } from '../../../src/serving/request-error.js';

const good = { r: 43, g: 30, hb: 10 };

describe('readInvocation', () => {
  it.each<[string, unknown, object]>([
    ['a direct event', good, { kind: 'direct', payload: good }],
    ['no object', 7, { kind: 'direct', payload: 7 }],
    [
      'a function URL event',
      {
        rawPath: '/health',
        requestContext: { stage: '$default', requestId: 'q', http: { method: 'get', path: '/health' } },
        isBase64Encoded: false,
      },
      { kind: 'http', method: 'GET', path: '/health', requestId: 'q' },
    ],
    [
      'an API Gateway 2.0 event with a stage',
      {
        rawPath: '/prod/predict/',
        requestContext: { stage: 'prod', http: { method: 'POST' } },
        body: 'e30=',
        isBase64Encoded: true,
      },
      { kind: 'http', method: 'POST', path: '/predict', body: 'e30=', base64: true },
    ],
    [
      'an API Gateway 1.0 event',
      { httpMethod: 'POST', path: '/', requestContext: { stage: 'prod' }, body: '{}' },
      { kind: 'http', path: '/', body: '{}' },
    ],
  ])('recognises %s', (_, event, expected) => expect(readInvocation(event)).toMatchObject(expected));
});

describe('readBody', () => {
  it('reads text and base64', () => {
    expect(readBody('{"a":1}', false)).toEqual({ ok: true, value: { a: 1 } });
    expect(readBody(Buffer.from('{"a":"ü"}').toString('base64'), true)).toEqual({ ok: true, value: { a: 'ü' } });
  });

  it.each<[string, unknown, boolean, string]>([
    ['nothing', null, false, 'InvalidJson'],
    ['an empty text', '', false, 'InvalidJson'],
    ['broken JSON', '{"r":', false, 'InvalidJson'],
    ['a form', 'r=1&g=2', false, 'InvalidJson'],
    ['broken UTF-8', Buffer.of(0x22, 0xff, 0x22).toString('base64'), true, 'InvalidJson'],
    ['too much', ' '.repeat(MAX_BODY_BYTES + 1), false, 'TooLarge'],
    ['very deep nesting', '['.repeat(1_000_000), false, 'InvalidJson'],
  ])('refuses %s', (_, body, base64, type) =>
    expect(readBody(body, base64)).toMatchObject({ ok: false, error: { type } }),
  );

  it.each(['{"hb":NaN}', '{"hb": -Infinity }', '{"instances":[[1,nan]]}', '[inf]', '{"a":"x","hb":\n NaN\n}'])(
    'says what to send instead of a number that is none: %s',
    (body) =>
      expect(readBody(body, false)).toMatchObject({
        error: { type: 'InvalidJson', message: expect.stringContaining('send null for a value') as string },
      }),
  );

  it.each<[string, string]>([
    ['send null for a value', '{"r":"1}","g":[1,NaN],}'],
    ['JSON writes null, true and false', '{"r":45.88,"g":None}'],
    ['JSON writes null, true and false', '{"r":1,"anaemic":True}'],
    ['JSON writes null, true and false', '{"r":undefined}'],
    ['in double quotes', "{'r':45.88,'g':None}"],
    ['in double quotes', '{r: 45.88}'],
    ['in double quotes', '{"r" : \u201c45\u201d}'],
    ['take out the comma', '{"r":45.88,"g":28.83,}'],
    ['take out the comma', '{"instances":[[1,2],\n]}'],
    ['take out the comma', '{"r":1,,"g":2}'],
    ['JSON writes numbers like', '{"r":.5}'],
    ['JSON writes numbers like', '{"r":1.}'],
    ['JSON writes numbers like', '{"r":+1}'],
    ['JSON writes numbers like', '{"r":007}'],
    ['JSON writes numbers like', '{"r":1_000}'],
    ['one JSON object a request', '{"r":1}\n{"r":2}'],
    ['one JSON object a request', '{"r":1},{"r":2}'],
    ['ends before its last bracket', '{"r":45.88,"g":28'],
    ['ends before its last bracket', '{"r":"45'],
    ['take them out', '{"r":1 // red\n}'],
    ['send a JSON object', 'r=1&g=2'],
    ['send a JSON object', 'r,g,b\n1,2,3'],
    ['send a JSON object', '{"r":1;"g":2}'],
    ['send a JSON object', '{"r" 1}'],
  ])('says to %s for %j', (remedy, body) => {
    const outcome = readBody(body, false);
    expect(outcome.ok ? '' : outcome.error.message).toMatch(/^The body of \d+ bytes is not JSON; /);
    expect(outcome.ok ? '' : outcome.error.message).toContain(remedy);
  });

  it('says of bytes that are no text that they are none', () => {
    const outcome = readBody(Buffer.from('\ufeff{"r":1}', 'utf16le').toString('base64'), true);
    expect(outcome).toMatchObject({
      error: { message: 'The body of 16 bytes is no text in UTF-8; send a JSON object so encoded.' },
    });
  });

  it.each(['{"NaN":', '{"a":"NaN"', '{"a":"\\": NaN "', '{"a":NaNcy', '"'.repeat(3)])(
    'says nothing of numbers that are none where there are none: %s',
    (body) => {
      const outcome = readBody(body, false);
      expect(outcome.ok ? 'NaN' : outcome.error.message).not.toContain('NaN');
    },
  );

  it.each([
    ['quotes', '["'.repeat(3_000_000)],
    ['escapes', `["${'\\"'.repeat(2_900_000)}`],
    ['spaces', `{x${' '.repeat(6_000_000)}`],
    ['documents', '{} '.repeat(2_000_000)],
    ['words', `[${'x '.repeat(2_900_000)}`],
    ['numbers', `[${'1'.repeat(5_900_000)}`],
  ])('says what is wrong with 6 MB of %s in one pass', (_, body) => {
    expect(readBody(body, false)).toMatchObject({ ok: false, error: { type: 'InvalidJson' } });
  });

  it('never throws and repeats nothing', () => {
    fc.assert(
      fc.property(fc.anything(), fc.boolean(), (body, base64) => {
        const outcome = readBody(body, base64);
        if (!outcome.ok && typeof body === 'string' && body.length > 20)
          expect(outcome.error.message).not.toContain(body);
      }),
    );
  });
});

describe('routeOf', () => {
  it.each<[string, string, object]>([
    ['POST', '/', { ok: true, value: 'predict' }],
    ['POST', '/invocations', { ok: true, value: 'predict' }],
    ['POST', '/anemia/predict', { ok: true, value: 'predict' }],
    ['GET', '/anemia/v1/health', { ok: true, value: 'health' }],
    ['OPTIONS', '/predict', { ok: true, value: 'preflight' }],
    ['OPTIONS', '/admin', { ok: false, error: { type: 'NotFound' } }],
    ['POST', '/admin/predicted', { ok: false, error: { type: 'NotFound' } }],
    ['GET', '/health', { ok: true, value: 'health' }],
    ['GET', '/model', { ok: true, value: 'model' }],
    ['GET', '/', { ok: false, error: { type: 'MethodNotAllowed' } }],
    ['POST', '/model', { ok: false, error: { type: 'MethodNotAllowed' } }],
    ['GET', '/admin', { ok: false, error: { type: 'NotFound' } }],
  ])('%s %s', (method, path, expected) => expect(routeOf(method, path)).toMatchObject(expected));
});

describe('nearestName', () => {
  it('ignores case, allows a third of the letters, and gives up beyond', () => {
    expect(nearestName('R', ['r', 'g'])).toBe('r');
    expect(nearestName('haemoglobin', ['hemoglobin', 'r'])).toBe('hemoglobin');
    expect(nearestName('x', ['r', 'g'])).toBeNull();
    expect(nearestName('h'.repeat(41), ['h'.repeat(40)])).toBeNull();
  });
});
