// Takes a picture of a page for README and docs: npm run picture -- <url> <file.png> [height], with a Chromium installed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [url, file, height = '1400'] = process.argv.slice(2);
if (url === undefined || file === undefined) throw new Error('Give the address of a page and a file to write.');

const profile = await mkdtemp(join(tmpdir(), 'picture-'));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  viewport: { width: 1400, height: Number(height) },
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
const page = await browser.newPage();
await page.goto(url, { waitUntil: 'networkidle' });
await page.waitForTimeout(2000);
await page.screenshot({ path: file });
await browser.close();
await rm(profile, { recursive: true, force: true });
