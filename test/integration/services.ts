import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../src/config/config.js';

const [BIN, SUFFIX] = process.platform === 'win32' ? (['Scripts', '.exe'] as const) : (['bin', ''] as const);

/** Path of a program that `npm run services:install` brings. @throws Error when it was not run */
export function serviceProgram(name: 'ministack' | 'aws' | 'evidently' | 'hadolint' | 'mlflow' | 'python'): string {
  const path = join(readConfig().packageRoot, '.services', 'venv', BIN, `${name}${SUFFIX}`);
  if (!existsSync(path)) throw new Error(`${name} is not installed at ${path}: run npm run services:install first.`);
  return path;
}
