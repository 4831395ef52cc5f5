import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporalSettings } from '../../../src/config/temporal-settings.js';

it('is the local stack unless a server is named', () => {
  expect(temporalSettings({ TEMPORAL_ADDRESS: ' ' }, 7000)).toEqual({
    external: false,
    connect: { connectionOptions: { address: '127.0.0.1:7000' }, namespace: 'default' },
  });
});

it('takes a blank for not given', () => {
  const env = { TEMPORAL_ADDRESS: 'cloud:7233', TEMPORAL_NAMESPACE: 'ours', TEMPORAL_TLS_CLIENT_CERT_PATH: '' };
  expect(temporalSettings(env, 7000)).toMatchObject({
    external: true,
    connect: { connectionOptions: { address: 'cloud:7233' }, namespace: 'ours' },
  });
});

it('names a file that is not there', () => {
  const path = join(import.meta.dirname, 'no-such.pem');
  expect(() =>
    temporalSettings({ TEMPORAL_ADDRESS: 'cloud:7233', TEMPORAL_TLS_SERVER_CA_CERT_PATH: path }, 7000),
  ).toThrow(
    `The file ${path} cannot be read (ENOENT): check the TEMPORAL_TLS_ variables that end in _PATH and TEMPORAL_CONFIG_FILE.`,
  );
});

it('says what is wrong with a profile', () => {
  expect(() => temporalSettings({ TEMPORAL_PROFILE: 'no-such-profile' }, 7000)).toThrow(
    /^The settings of Temporal cannot be used: .*no-such-profile.*\.$/,
  );
});
