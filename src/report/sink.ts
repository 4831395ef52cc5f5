import { utimes } from 'node:fs/promises';
import { PipelineFailure } from '../contracts/failures.js';
import type { ReportAddress } from '../contracts/values.js';
import { sha256Of } from '../store/files.js';
import type { Objects } from '../store/objects.js';
import type { Tone } from './markup.js';

/** What a report is of: a training run or a drift check. */
export type ReportKind = 'training' | 'drift';

/** A report as it is written: the page and the document that the page shows. */
interface WrittenReport {
  /** Name of the model. */
  model: string;
  kind: ReportKind;
  /** Names the report within model and kind: letters, digits and `. _ : -`, a letter or digit first. */
  id: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  html: string;
  /** A `TrainingReport` or a `DriftReport` as JSON text. */
  json: string;
}

/** Where reports go. */
export interface ReportSink {
  /**
   * Makes the report visible, whole or not at all, and tells its addresses. The same id again takes the place of the
   * former report.
   * @throws PipelineFailure `DataContract` for an id or model name that cannot name a file
   */
  write(report: WrittenReport): Promise<ReportAddress>;
}

/** A line of a list of reports. */
export interface ListedReport {
  kind: ReportKind;
  tone: Tone;
  /** In a few words. */
  verdict: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  /** File names within the directory of model and kind. */
  html: string;
  json: string;
}

/** Drift reports kept of each model, about 40 days of hourly checks, and as many of other checks; training reports stay. */
const KEEP_DRIFT_REPORTS = 1000;

/**
 * Reports as objects, `<model>/<training | drift>/<id>.html` and `.json`. Files carry the time of their report.
 * @param base address of the objects, as addresses of reports begin, without `/` at its end
 * @param keepDriftReports how many stay, by the time that their objects carry; `null` where a rule of the bucket decides
 */
export function createReportSink(
  objects: Objects,
  base: string,
  keepDriftReports: number | null = KEEP_DRIFT_REPORTS,
): ReportSink {
  return {
    async write({ model, kind, id, createdAt, html, json }) {
      const folder = `${fileNameOf('model name', model)}/${kind}/`;
      const name = `${folder}${fileNameOf('id', id)}`;
      const at = new Date(createdAt);
      for (const [key, text] of [
        [`${name}.json`, json],
        [`${name}.html`, html], // last: a list shows pages, and then the document is there too
      ] as const) {
        await objects.put(key, Buffer.from(text), 'always');
        const path = objects.path(key);
        if (path !== null && !Number.isNaN(at.getTime())) await utimes(path, at, at);
      }
      if (kind === 'drift' && keepDriftReports !== null) await prune(objects, folder, keepDriftReports, `${name}.html`);
      return { html: `${base}/${name}.html`, json: `${base}/${name}.json` };
    },
  };
}

/**
 * Pages of checks by hand and of the past, by the ends of their runs' ids: many are made at once, and they are not to push
 * out those of the schedule. Models and functions may be called so, too, but nothing stands behind it then.
 */
const DRY_RUN = /-(?:by-hand-[0-9a-f]{6}|backfill-\d{4}-[^/]*)\.html$/;

/** Removes the oldest reports of this kind of check beyond `keep`, never the one just written. */
async function prune(objects: Objects, folder: string, keep: number, written: string): Promise<void> {
  const pages = (await objects.entries(folder))
    .filter(({ key }) => key.endsWith('.html') && DRY_RUN.test(key) === DRY_RUN.test(written))
    .sort((a, b) => a.modified - b.modified || (a.key < b.key ? -1 : 1));
  for (const { key } of pages.slice(0, Math.max(0, pages.length - keep))) {
    if (key === written) continue;
    await objects.delete(key);
    await objects.delete(key.replace(/html$/, 'json'));
  }
}

const ALLOWED = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,999}$/;

/** File systems take 255 bytes, of which endings and the name of a half-written file need some. */
const LONGEST = 180;
const KEPT_OF_LONG = 150;
const HASH_DIGITS = 16;

/** A name of a file or directory as {@link fileNameOf} makes them: one segment, never hidden, never a parent. */
export const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

/**
 * The file name, without an ending, that stands for an id or a model's name. Different ids get different names: a colon,
 * which some file systems refuse, becomes `_-`, and `_` becomes `__`; long ones end in a hash of the whole.
 * @throws PipelineFailure `DataContract` for anything else than letters, digits and `. _ : -`
 */
export function fileNameOf(what: string, name: string): string {
  if (!ALLOWED.test(name))
    throw new PipelineFailure(
      'DataContract',
      `The ${what} of a report is not 1 to 1000 letters, digits and ". _ : -" with a letter or digit first: give it another one.`,
    );
  const safe = name.replaceAll('_', '__').replaceAll(':', '_-');
  return safe.length <= LONGEST ? safe : `${safe.slice(0, KEPT_OF_LONG)}_.${sha256Of(name).slice(0, HASH_DIGITS)}`;
}
