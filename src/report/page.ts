import { type Tone, type Content, html, type Markup, trusted, unescapeHtml } from './markup.js';
import { STYLESHEET } from './stylesheet.js';

/** What a list of reports says about one: stands in the head of the page and is read from there. */
export interface ReportSummary {
  tone: Tone;
  /** The verdict in a few words. */
  verdict: string;
  /** ISO 8601, UTC. */
  createdAt: string;
}

/** One of the numbers on top of a page, with its name and small print. */
export interface KeyNumber {
  label: string;
  value: string;
  note: string;
}

/** A part of a page with a heading of its own. */
export interface Section {
  /** Anchor, unique in the page. */
  id: string;
  title: string;
  lead?: Content;
  body: Content;
}

/** What a report shows, from top to bottom. */
export interface Page {
  title: string;
  /** What this is about, above the verdict. */
  kicker: Content;
  summary: ReportSummary;
  detail: Content;
  numbers: KeyNumber[];
  sections: Section[];
  footer: Content;
}

/** Nothing is loaded, nothing runs: what a page needs stands in it. */
export const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M1 14V9h3v5zm5 0V2h3v12zm5 0V6h3v8z' fill='%230a7ab8'/%3E%3C/svg%3E";

/** A complete HTML document around `body`. */
export const documentOf = (title: string, head: Content, body: Content): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(PAGE_POLICY)}" />
        ${head}
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <link rel="icon" href="${trusted(ICON)}" />
        <style>
          ${trusted(STYLESHEET)}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html> `
    .toString()
    .replace(/\n\s+/g, '\n');

/** A report: the verdict on top, then key numbers, a table of contents and the sections. */
export function renderPage({ title, kicker, summary, detail, numbers, sections, footer }: Page): string {
  const head = html`<meta name="report-tone" content="${summary.tone}" />
    <meta name="report-verdict" content="${summary.verdict}" />
    <meta name="report-time" content="${summary.createdAt}" />`;
  return documentOf(
    title,
    head,
    html`<header>
        <p class="kicker">${kicker}</p>
        <div class="verdict ${summary.tone}">
          <h1>${summary.verdict}</h1>
          ${detail === '' ? null : html`<p>${detail}</p>`}
        </div>
        <dl class="numbers">${numbers.map(keyNumber)}</dl>
        <nav aria-label="Sections">
          <ul>
            ${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}
          </ul>
        </nav>
      </header>
      <main>${sections.map(sectionOf)}</main>
      <footer>${footer}</footer>`,
  );
}

const TONES: readonly string[] = ['good', 'bad', 'warn', 'neutral'] satisfies Tone[];

/** The summary in the head of a page that {@link renderPage} made, `null` in any other. */
export function readSummary(head: string): ReportSummary | null {
  const meta = (name: string) => {
    const found = new RegExp(`<meta name="report-${name}" content="([^"]*)" ?/?>`).exec(head);
    return found ? unescapeHtml(found[1]!) : null;
  };
  const [tone, verdict, createdAt] = [meta('tone'), meta('verdict'), meta('time')];
  if (tone === null || verdict === null || createdAt === null || !TONES.includes(tone)) return null;
  return { tone: tone as Tone, verdict, createdAt }; // one of TONES, which are tones
}

const keyNumber = ({ label, value, note }: KeyNumber): Markup =>
  html`<div>
    <dt>${label}</dt>
    <dd class="value">${value}</dd>
    <dd class="note">${note}</dd>
  </div>`;

const sectionOf = ({ id, title, lead, body }: Section): Markup =>
  html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${lead === undefined ? null : html`<p class="lead">${lead}</p>`} ${body}
  </section> `;
