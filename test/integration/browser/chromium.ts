import { existsSync } from 'node:fs';

const CANDIDATES = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Path of a Chromium. @throws Error with the remedy when there is none */
export function chromiumPath(): string {
  const found = CANDIDATES.find((path) => path !== undefined && existsSync(path));
  if (found === undefined)
    throw new Error('No Chromium was found: install one (apt-get install chromium), or set CHROMIUM to its path.');
  return found;
}
