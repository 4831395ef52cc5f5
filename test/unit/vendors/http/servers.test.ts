import { expect, it } from 'vitest';
import { foreignHost } from '../../../../src/vendors/http/servers.js';

it('takes addresses, localhost and names of the configuration for its own, and no other name', () => {
  const own = [
    '127.0.0.1',
    '127.0.0.1:80',
    '[::1]:9233',
    '192.0.2.7:9233',
    'localhost:1',
    'LocalHost',
    'Endpoint:9233',
  ];
  for (const host of own) expect([host, foreignHost({ host }, ['endpoint'])]).toEqual([host, null]);
  const foreign = [
    '',
    'evil.example',
    'endpoint.evil.example',
    'localhost.',
    'localhost@evil.example',
    '127.1',
    '[evil]',
  ];
  for (const host of [...foreign, 'localhost:1/x', 'localhost:x'])
    expect([host, foreignHost({ host }, ['endpoint'])]).toEqual([
      host,
      'The Host header names another host; call 127.0.0.1 or localhost or endpoint.',
    ]);
  expect(foreignHost({})).toMatch(/^The Host header names another host;/);
  expect(foreignHost({ host: 'endpoint:9233' })).not.toBeNull();
});
