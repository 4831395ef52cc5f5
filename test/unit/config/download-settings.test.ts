import { describe, expect, it } from 'vitest';
import { downloadLimits } from '../../../src/config/storage-settings.js';
import { DEFAULT_DOWNLOAD_LIMITS } from '../../../src/data/download-limits.js';

describe('the settings of downloads', () => {
  it('have defaults', () => expect(downloadLimits({})).toEqual(DEFAULT_DOWNLOAD_LIMITS));

  it('are read', () =>
    expect(
      downloadLimits({
        MLOPS_DOWNLOAD_HOSTS: 'Data.Internal, 10.0.0.7:8080,[::1],',
        MLOPS_DOWNLOAD_MAX_MIB: '5',
        MLOPS_DOWNLOAD_IDLE: '7',
      }),
    ).toEqual({ hosts: ['data.internal', '10.0.0.7:8080', '::1'], maxBytes: 5 * 2 ** 20, idleMs: 7000 }));

  it.each([
    ['MLOPS_DOWNLOAD_HOSTS', 'http://host/x'],
    ['MLOPS_DOWNLOAD_HOSTS', '*'],
    ['MLOPS_DOWNLOAD_HOSTS', 'a b'],
    ['MLOPS_DOWNLOAD_MAX_MIB', '0'],
    ['MLOPS_DOWNLOAD_MAX_MIB', 'lots'],
    ['MLOPS_DOWNLOAD_IDLE', '-1'],
  ])('are refused: %s=%s', (name, value) => expect(() => downloadLimits({ [name]: value })).toThrow(name));
});
