import { count, counted, NOTHING, time } from './format.js';
import { html, type Markup, table, tag } from './markup.js';
import { documentOf } from './page.js';
import type { ListedReport, ReportKind } from './sink.js';

const KIND_TITLES: Record<ReportKind, string> = { training: 'Training runs', drift: 'Drift checks' };

/** The newest reports of a model, and how many there are of each kind. */
export interface ModelReports {
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
        ${(['training', 'drift'] as const).map(
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
    ${(['training', 'drift'] as const).map((kind) => listOf(KIND_TITLES[kind], `${model}/`, kinds[kind].reports))}
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
