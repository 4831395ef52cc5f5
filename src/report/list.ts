import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '../store/files.js';
import { FILE_NAME } from './file-names.js';
import { readSummary, type ReportSummary } from './page.js';
import type { ListedReport, ReportKind } from './sink.js';

const KINDS: readonly ReportKind[] = ['training', 'drift'];
/** What a list shows stands within so many bytes of a page's beginning. */
const HEAD_BYTES = 4096;
/** Heads remembered before it begins anew. */
const MOST_REMEMBERED = 10_000;
/** Files open at a time. */
const AT_ONCE = 32;

interface Known extends ReportSummary {
  stamp: string;
}

/** Lists reports of a directory; it looks into the head of each page once, and remembers it until the page changes. */
export function createReportList(root: string) {
  const known = new Map<string, Known>();

  const summaryOf = async (path: string, stamp: string): Promise<ReportSummary | null> => {
    const before = known.get(path);
    if (before?.stamp === stamp) return before;
    const summary = readSummary(await headOf(path));
    if (known.size >= MOST_REMEMBERED) known.clear();
    if (summary) known.set(path, { ...summary, stamp });
    return summary;
  };

  return {
    /** Names of models with reports, as directories name them, sorted; links to elsewhere are none. */
    async models(): Promise<string[]> {
      const entries = (await orNothing(readdir(root, { withFileTypes: true }))) ?? [];
      return entries.flatMap((entry) => (entry.isDirectory() && FILE_NAME.test(entry.name) ? [entry.name] : [])).sort();
    },

    /**
     * The newest reports of a model first, and how many there are in all; files that are no report are left out.
     * @param most so many are read at most
     */
    async reports(model: string, kind: ReportKind, most: number): Promise<{ reports: ListedReport[]; total: number }> {
      const directory = join(root, model, kind);
      const pages = (await namesIn(directory)).filter((file) => file.endsWith('.html'));
      const dated = await inBatches(pages, async (file) => {
        const found = await orNothing(stat(join(directory, file)));
        return found?.isFile() ? [{ file, at: found.mtimeMs, stamp: `${found.mtimeMs} ${found.size}` }] : [];
      });
      const newest = dated.flat().sort((a, b) => b.at - a.at);
      const reports = await inBatches(newest.slice(0, most), async ({ file, stamp }) => {
        const summary = await orNothing(summaryOf(join(directory, file), stamp));
        if (!summary) return [];
        const { tone, verdict, createdAt } = summary;
        return [{ kind, tone, verdict, createdAt, html: file, json: file.replace(/html$/, 'json') }];
      });
      return { reports: reports.flat().sort(newestFirst), total: newest.length };
    },
  };
}

export type ReportList = ReturnType<typeof createReportList>;

/** Directories of a model that hold reports. */
export const isReportKind = (name: string): name is ReportKind => (KINDS as readonly string[]).includes(name);

const newestFirst = (a: ListedReport, b: ListedReport) => Date.parse(b.createdAt) - Date.parse(a.createdAt) || 0;

const namesIn = async (directory: string): Promise<string[]> =>
  ((await orNothing(readdir(directory))) ?? []).filter((name) => FILE_NAME.test(name));

async function headOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

async function inBatches<T, R>(items: T[], visit: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE)
    results.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(visit))));
  return results;
}

/** What is gone by now, or never was, is nothing. */
async function orNothing<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (isMissing(error) || (error instanceof Error && (error as NodeJS.ErrnoException).code === 'ENOTDIR'))
      return null;
    throw error;
  }
}
