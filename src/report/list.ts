import { PipelineFailure } from '../contracts/failures.js';
import type { Objects } from '../store/objects.js';
import { readSummary, type ReportSummary } from './page.js';
import { FILE_NAME, type ListedReport, type ReportKind } from './sink.js';

const KINDS: readonly ReportKind[] = ['training', 'drift'];
/** What a list shows stands within so many bytes of a page's beginning. */
const HEAD_BYTES = 4096;
/** Heads remembered before it begins anew. */
const MOST_REMEMBERED = 10_000;
/** Pages read at a time. */
const AT_ONCE = 32;

interface Known extends ReportSummary {
  stamp: string;
}

/** Lists reports among objects; it looks into the head of each page once, and remembers it until the page changes. */
export function createReportList(objects: Objects) {
  const known = new Map<string, Known>();

  const summaryOf = async (key: string, stamp: string): Promise<ReportSummary | null> => {
    const before = known.get(key);
    if (before?.stamp === stamp) return before;
    const summary = readSummary(await headOf(objects, key));
    if (known.size >= MOST_REMEMBERED) known.clear();
    if (summary) known.set(key, { ...summary, stamp });
    return summary;
  };

  return {
    /** Names of models with reports, as folders name them, sorted. */
    async models(): Promise<string[]> {
      const parts = (await objects.list('')).map((key) => key.split('/'));
      const names = parts.flatMap(([model = '', kind = '', file]) =>
        file !== undefined && isReportKind(kind) && FILE_NAME.test(model) ? [model] : [],
      );
      return [...new Set(names)].sort();
    },

    /**
     * The newest reports of a model first, and how many there are in all; what is no report is left out.
     * @param most so many are read at most
     */
    async reports(model: string, kind: ReportKind, most: number): Promise<{ reports: ListedReport[]; total: number }> {
      const folder = `${model}/${kind}/`;
      const pages = (await objects.entries(folder)).filter(
        ({ key }) => key.endsWith('.html') && FILE_NAME.test(key.slice(folder.length)),
      );
      const newest = pages.sort((a, b) => b.modified - a.modified);
      const reports = await inBatches(newest.slice(0, most), async ({ key, bytes, modified }) => {
        const summary = await orNothing(summaryOf(key, `${modified} ${bytes}`));
        if (!summary) return [];
        const { tone, verdict, createdAt } = summary;
        const html = key.slice(folder.length);
        return [{ kind, tone, verdict, createdAt, html, json: html.replace(/html$/, 'json') }];
      });
      return { reports: reports.flat().sort(newestFirst), total: newest.length };
    },
  };
}

export type ReportList = ReturnType<typeof createReportList>;

/** Folders of a model that hold reports. */
export const isReportKind = (name: string): name is ReportKind => (KINDS as readonly string[]).includes(name);

const newestFirst = (a: ListedReport, b: ListedReport) => Date.parse(b.createdAt) - Date.parse(a.createdAt) || 0;

async function headOf(objects: Objects, key: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of objects.open(key)) {
    parts.push(part);
    bytes += part.length;
    if (bytes >= HEAD_BYTES) break;
  }
  return Buffer.concat(parts).toString('utf8', 0, HEAD_BYTES);
}

async function inBatches<T, R>(items: T[], visit: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE)
    results.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(visit))));
  return results;
}

/** What is gone by now is nothing. */
async function orNothing<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof PipelineFailure && error.type === 'ArtifactCorrupt') return null;
    throw error;
  }
}
