import { isGone, type Objects } from '../store/objects.js';
import { count, counted, NOTHING, time } from './format.js';
import { html, type Markup, table, tag } from './markup.js';
import { readSummary, type ReportSummary, documentOf } from './page.js';
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

/** Reports among objects, by model and kind. */
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
    if (isGone(error)) return null;
    throw error;
  }
}

const KIND_TITLES: Record<ReportKind, string> = { training: 'Training runs', drift: 'Drift checks' };

/** The newest reports of a model, and how many there are of each kind. */
interface ModelReports {
  model: string;
  kinds: Record<ReportKind, { reports: ListedReport[]; total: number }>;
}

/** The front page: each model with its newest reports. */
export const renderIndex = (models: ModelReports[]): string =>
  documentOf(
    'Reports',
    null,
    html`<header>
        <p class="kicker">Local stack</p>
        <h1>Reports</h1>
      </header>
      <main>
        ${models.length === 0 ? html`<section><p>There is no report yet. One comes with every training run and every drift check.</p></section>` : models.map(modelOf)}
      </main>
      ${FOOTER}`,
  );

/** The page of one model. */
export const renderModelIndex = ({ model, kinds }: ModelReports): string =>
  documentOf(
    `Reports of ${model}`,
    null,
    html`<header>
        <p class="kicker"><a href="../">All models</a></p>
        <h1>${model}</h1>
      </header>
      <main>
        ${KINDS.map(
          (kind) =>
            html`<section id="${kind}" aria-labelledby="${kind}-title">
              <h2 id="${kind}-title">${KIND_TITLES[kind]}</h2>
              ${shown(kinds[kind])}${listOf(`${KIND_TITLES[kind]} of ${model}`, '', kinds[kind].reports)}
            </section>`,
        )}
      </main>
      ${FOOTER}`,
  );

const FOOTER = html`<footer>
  Times are UTC. Each report is one file that can be saved and sent; its document is beside it as JSON.
</footer>`;

const modelOf = ({ model, kinds }: ModelReports): Markup =>
  html`<section aria-labelledby="model-${model}">
    <h2 id="model-${model}"><a href="${model}/">${model}</a></h2>
    <p class="lead">${counted(kinds.training.total, 'training run')}, ${counted(kinds.drift.total, 'drift check')}.</p>
    ${KINDS.map((kind) => listOf(KIND_TITLES[kind], `${model}/`, kinds[kind].reports))}
  </section> `;

const shown = ({ reports, total }: ModelReports['kinds'][ReportKind]): Markup | null =>
  reports.length < total ? html`<p class="lead">The newest ${count(reports.length)} of ${count(total)}.</p>` : null;

const listOf = (caption: string, base: string, reports: ListedReport[]): Markup =>
  reports.length === 0
    ? html`<p class="lead">${caption}: none yet.</p>`
    : table(
        caption,
        [{ head: 'Time' }, { head: 'Verdict' }, { head: 'Document' }],
        reports.map(({ kind, tone, verdict, createdAt, html: page, json }) => ({
          cells: [
            html`<a href="${base}${kind}/${page}">${time(createdAt)}</a>`,
            html`${tag(tone, SIGNS[tone])} ${verdict || NOTHING}`,
            html`<a href="${base}${kind}/${json}">JSON</a>`,
          ],
        })),
      );

/** Read out and seen alike, so that the colour of a tag is not all there is. */
const SIGNS = { good: 'good', bad: 'look', warn: 'watch', neutral: 'note' } as const;
