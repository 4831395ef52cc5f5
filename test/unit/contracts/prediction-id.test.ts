import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { predictionIdOf } from '../../../src/contracts/requests.js';

describe('prediction ids', () => {
  it('are the ids that answers bear, however a program prints a UUID', () => {
    const id = randomUUID();
    expect(predictionIdOf(id)).toBe(id);
    expect(predictionIdOf(` ${id.toUpperCase()}\t`)).toBe(id);
  });

  it.each(['', ' ', 'Anna Muster', '12345', '1.0', 'patient-7', 'a@b.example', 'f'.repeat(36), '{}', 'None'])(
    'are not %j',
    (text) => expect(predictionIdOf(text)).toBeNull(),
  );

  it('are no part of a longer text', () => {
    const id = randomUUID();
    for (const text of [`${id},`, `Anna ${id}`, `${id}\n${id}`, `{${id}}`, `urn:uuid:${id}`, id.slice(1)])
      expect(predictionIdOf(text)).toBeNull();
    for (const value of [null, undefined, 7, [id], { id }]) expect(predictionIdOf(value)).toBeNull();
  });

  it('are nothing but digits and hyphens, whatever is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const id = predictionIdOf(text);
        return id === null || /^[0-9a-f-]{36}$/.test(id);
      }),
    );
  });
});
