import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startReportServer } from '../../../src/local/report-server.js';
import { renderDriftReport } from '../../../src/report/drift-report.js';
import { createReportSink } from '../../../src/report/sink.js';
import { createFileObjects } from '../../../src/store/file-objects.js';
import { renderTrainingReport } from '../../../src/report/training-report.js';
import { comparedReport } from '../../unit/report/compared-documents.js';
import { driftReport, emptyDriftReport } from '../../unit/report/drift-documents.js';
import { refusedReport, trainingReport } from '../../unit/report/training-documents.js';
import { temporaryDirectory } from '../../support/temp.js';
import { chromiumPath } from './chromium.js';

const DESKTOP = { width: 1100, height: 900 };
const PHONE = { width: 390, height: 844 };
/** WCAG 2.2, 1.4.3: text of normal size. */
const LEAST_CONTRAST = 4.5;

const REPORTS = [
  ['drift', renderDriftReport(driftReport())],
  ['empty drift', renderDriftReport(emptyDriftReport())],
  ['training', renderTrainingReport(trainingReport())],
  ['compared training', renderTrainingReport(comparedReport())],
  ['refused training', renderTrainingReport(refusedReport())],
] as const;

let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
});

afterAll(() => browser.close());

/** A page, and what it asked for or complained about. */
async function open(url: string, options: { viewport: typeof PHONE; colorScheme?: 'light' | 'dark' }) {
  const page = await browser.newPage(options);
  onTestFinished(() => page.close());
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(url);
  return { page, complaints, requests };
}

async function fileOf(html: string): Promise<string> {
  const path = join(await temporaryDirectory(), 'report.html');
  await writeFile(path, html);
  return pathToFileURL(path).href;
}

/** Runs in the page: texts whose contrast with what lies behind them is below `least`, drawn ones included. */
const PALE_TEXTS = (least: number): string => `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgb = (colour, under) => {
    canvas.fillStyle = 'rgb(' + under.join(' ') + ')'; canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const ground = (element) => {
    const chain = [];
    for (let at = element; at; at = at.parentElement) chain.unshift(getComputedStyle(at).backgroundColor);
    return chain.reduce((under, colour) => rgb(colour, under), [255, 255, 255]);
  };
  const light = (colour) => colour.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const pale = [];
  for (const element of document.body.querySelectorAll('*')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (!own || element.closest('style')) continue;
    const style = getComputedStyle(element), under = ground(element);
    const over = rgb(element instanceof SVGElement ? style.fill : style.color, under);
    const [a, b] = [light(over), light(under)].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < ${least}) pale.push(element.textContent.trim() + ' ' + contrast.toFixed(2));
  }
  return pale;
})()`;

const overflowOf = (page: Page) =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');

describe.each(REPORTS)('%s report in Chromium', (_, html) => {
  it('loads nothing but itself and has nothing to complain about', async () => {
    const url = await fileOf(html);
    const { complaints, requests } = await open(url, { viewport: DESKTOP });
    expect(complaints).toEqual([]);
    expect(requests.filter((request) => !request.startsWith('data:'))).toEqual([url]);
  });

  it('fits a phone, and its charts have a size', async () => {
    const { page } = await open(await fileOf(html), { viewport: PHONE });
    expect(await overflowOf(page)).toBe(0);
    const charts = await page.evaluate<{ width: number; height: number; right: number }[]>(
      `[...document.querySelectorAll('svg')].map((svg) => svg.getBoundingClientRect().toJSON())`,
    );
    for (const { width, height, right } of charts) {
      expect(width).toBeGreaterThan(200);
      expect(height).toBeGreaterThan(60);
      expect(right).toBeLessThanOrEqual(PHONE.width);
    }
  });

  it.each(['light', 'dark'] as const)('can be read in %s', async (colorScheme) => {
    const { page } = await open(await fileOf(html), { viewport: DESKTOP, colorScheme });
    expect(await page.evaluate<string[]>(PALE_TEXTS(LEAST_CONTRAST))).toEqual([]);
    const ground = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    expect(ground === 'rgb(255, 255, 255)').toBe(colorScheme === 'light');
  });

  it('prints dark on white, also for those who read in dark', async () => {
    const { page } = await open(await fileOf(html), { viewport: DESKTOP, colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect(await page.evaluate<string[]>(PALE_TEXTS(LEAST_CONTRAST))).toEqual([]);
  });
});

describe('page server in Chromium', () => {
  it('leads from the index to a report without a complaint', async () => {
    const objects = createFileObjects(await temporaryDirectory());
    const server = await startReportServer({ objects, port: 0 });
    onTestFinished(() => server.close());
    const sink = createReportSink(objects, server.url.slice(0, -1));
    const createdAt = driftReport().check.at;
    await sink.write({ model: 'anemia', kind: 'drift', id: 'a', createdAt, html: REPORTS[0][1], json: '{}' });
    const { page, complaints } = await open(server.url, { viewport: PHONE });
    expect(await overflowOf(page)).toBe(0);
    await page.getByRole('link', { name: 'anemia' }).click();
    await page.getByRole('link', { name: '2026-03-02 14:00 UTC' }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Alarm: 2 of 6 columns drifted');
    expect(complaints).toEqual([]);
  });
});
