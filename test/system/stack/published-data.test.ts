import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import type { PipelineReport } from '../../../src/contracts/pipeline.js';
import { openHome } from '../../support/cli.js';
import { LIMIT_MS } from '../../support/until.js';

/** The published data set holds names of people: it is not in this repository, and nothing of it is ever printed. */
const PUBLISHED = ['../shared/data/anemia_dataset.csv', 'data/anemia_dataset.csv'].map((path) => resolve(path));

const KNOWN_CASES = [
  { event: { r: 43.2555, g: 30.8421, b: 25.9025, hb: 6.3 }, prediction: 1 },
  { event: { r: 45.6033, g: 28.19, b: 26.2067, hb: 13.5 }, prediction: 0 },
];

/** Shorter names may occur in other words. */
const MINIMUM_LETTERS = 5;

const path = PUBLISHED.find((candidate) => existsSync(candidate));

it.skipIf(path === undefined && process.env['CI'] === undefined)(
  'the published data set gives a model that knows the known cases, and no name is kept',
  { timeout: LIMIT_MS },
  async ({ onTestFinished }) => {
    const home = await openHome(onTestFinished);
    const answers = [await home.run(['start-pipeline', '--json', '--dataset', path!])];
    const report = JSON.parse(answers[0]!.stdout) as PipelineReport;
    expect(report.outcome).toBe('deployed');
    expect(report.dataset).toMatchObject({ rows: 104, rejected: 0 });
    expect(report.leaderboard.filter(({ without }) => without === 'hb')).toHaveLength(3);

    for (const { event, prediction } of KNOWN_CASES) {
      const body = JSON.stringify(event);
      const answer = await home.run(['predict', body]);
      expect(JSON.parse(answer.stdout)).toMatchObject({ predictions: prediction });
      const response = await fetch(report.endpoint!.url, { method: 'POST', body });
      expect(await response.json()).toMatchObject({ predictions: prediction });
      answers.push(answer);
    }
    answers.push(await home.run(['status', '--json']), await home.run(['start-pipeline', '--dataset', path!]));

    const names = namesIn(await readFile(path!, 'utf8'));
    expect(names.length).toBeGreaterThan(50);
    const reported = answers.map(({ stdout, stderr }) => Buffer.from(stdout + stderr));
    expect(reported.filter((bytes) => holdsAny(bytes, names)).length).toBe(0);

    await writeFile(join(home.home, 'proof.bin'), Buffer.concat([Buffer.of(0), names[0]!, Buffer.of(0)]));
    expect(await filesHolding(home.home, names)).toEqual(['proof.bin']);
  },
);

/** The second column, less what is too short to be told from other text. */
function namesIn(csv: string): Buffer[] {
  const names = csv
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(',')[1]?.trim() ?? '')
    .filter((name) => name.replace(/\P{L}/gu, '').length >= MINIMUM_LETTERS);
  return names.map((name) => Buffer.from(name));
}

const holdsAny = (bytes: Buffer, names: Buffer[]) => names.some((name) => bytes.includes(name));

/** Files below a directory in which one of the names occurs, whatever their format. */
async function filesHolding(directory: string, names: Buffer[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    if (holdsAny(await readFile(file), names)) found.push(entry.name);
  }
  return found;
}
