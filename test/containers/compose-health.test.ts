import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { expect, it } from 'vitest';
import { CHECKOUT } from './dockerfile.js';

it('checks the health of each server in compose', () => {
  const compose = parse(readFileSync(join(CHECKOUT, 'compose.yaml'), 'utf8'), { merge: true }) as {
    services: Record<string, { restart?: string; image: string; healthcheck?: { test?: string[] } }>;
  };
  const unchecked = Object.entries(compose.services).filter(
    ([, { restart, image, healthcheck }]) =>
      restart === 'unless-stopped' && image !== 'anemia-mlops:local' && healthcheck?.test === undefined,
  );
  // Nothing waits for the Web UI.
  expect(unchecked.map(([name]) => name)).toEqual(['ui']);
});
