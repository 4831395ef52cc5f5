import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMissing, writeFileAtomic } from '../store/files.js';
import { fileNameOf } from './file-names.js';
import type { ReportSink } from './sink.js';

/** Drift reports kept of each model, about 40 days of hourly checks, and as many of other checks; training reports stay. */
export const KEEP_DRIFT_REPORTS = 1000;

export interface FileSinkOptions {
  /** Directory of the reports: `<model>/<training | drift>/<id>.html` and `.json`. */
  root: string;
  /** Address of the page server, `null` for `file:` addresses. */
  baseUrl: string | null;
  /** {@link KEEP_DRIFT_REPORTS} by default. */
  keepDriftReports?: number;
}

/** Reports in a directory. Files carry the time of their report, so that the newest are found without reading any. */
export function createFileReportSink({
  root,
  baseUrl,
  keepDriftReports = KEEP_DRIFT_REPORTS,
}: FileSinkOptions): ReportSink {
  return {
    async write({ model, kind, id, createdAt, html, json }) {
      const path = [fileNameOf('model name', model), kind];
      const name = fileNameOf('id', id);
      const directory = join(root, ...path);
      const files = { json: `${name}.json`, html: `${name}.html` };
      const at = new Date(createdAt);
      for (const [file, text] of [
        [files.json, json],
        [files.html, html], // last: a list shows pages, and then the document is there too
      ] as const) {
        await writeFileAtomic(join(directory, file), text);
        if (!Number.isNaN(at.getTime())) await utimes(join(directory, file), at, at);
      }
      if (kind === 'drift') await prune(directory, keepDriftReports, files.html);
      const address = (file: string) =>
        baseUrl === null ? pathToFileURL(join(directory, file)).href : new URL([...path, file].join('/'), baseUrl).href;
      return { html: address(files.html), json: address(files.json) };
    },
  };
}

/** Reports of checks by hand and of the past, which many make at once: they are not to push out those of the schedule. */
const LOOK = /-(backfill|by-hand)-/;

/** Removes the oldest reports of this kind of check beyond `keep`, never the one just written. */
async function prune(directory: string, keep: number, written: string): Promise<void> {
  const all = (await readdir(directory)).filter((file) => file.endsWith('.html'));
  const pages = all.filter((file) => LOOK.test(file) === LOOK.test(written));
  if (pages.length <= keep) return;
  const aged = await Promise.all(pages.map(async (file) => ({ file, at: await modifiedAt(join(directory, file)) })));
  aged.sort((a, b) => a.at - b.at || (a.file < b.file ? -1 : 1));
  for (const { file } of aged.slice(0, pages.length - keep)) {
    if (file === written) continue;
    await rm(join(directory, file), { force: true });
    await rm(join(directory, file.replace(/html$/, 'json')), { force: true });
  }
}

/** Milliseconds; a file that another writer has removed meanwhile counts as the oldest. */
async function modifiedAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}
