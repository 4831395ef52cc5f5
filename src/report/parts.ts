import { type Content, html, type Markup } from './markup.js';
import type { Tone } from './page.js';

export interface TableColumn {
  head: Content;
  /** Right-aligned, never broken. */
  number?: boolean;
}

export interface TableRow {
  /** The first cell names the row. */
  cells: Content[];
  /** Raised from the others. */
  marked?: boolean;
}

/** A table whose first column names the rows; it scrolls by itself where the page is narrow. */
export const table = (caption: string, columns: TableColumn[], rows: TableRow[]): Markup =>
  html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}">
    <table>
      <caption>
        <span>${caption}</span>
      </caption>
      <thead>
        <tr>
          ${columns.map(({ head, number }) => html`<th scope="col" ${number ? html` class="number"` : null}>${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => tableRow(columns, row))}
      </tbody>
    </table>
  </div>`;

const tableRow = (columns: TableColumn[], { cells, marked }: TableRow): Markup =>
  html`<tr${marked ? html` class="marked"` : null}>${cells.map((cell, index) => {
    const kind = columns[index]?.number ? html` class="number"` : null;
    return index === 0 ? html`<th scope="row" ${kind}>${cell}</th>` : html`<td${kind}>${cell}</td>`;
  })}</tr>
`;

/** A word on a ground of its tone. */
export const tag = (tone: Tone, text: string): Markup => html`<span class="tag ${tone}">${text}</span>`;

/** Names and what they are, line by line. */
export const facts = (entries: readonly (readonly [name: string, value: Content])[]): Markup =>
  html`<dl class="facts">
    ${entries.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;

/** Titled blocks side by side where there is room. */
export const sideBySide = (blocks: readonly (readonly [title: string, body: Content])[]): Markup =>
  html`<div class="pair">
    ${blocks.map(
      ([title, body]) =>
        html`<div>
          <h3>${title}</h3>
          ${body}
        </div>`,
    )}
  </div>`;

export const bullets = (items: Content[]): Markup =>
  html`<ul class="plain">
    ${items.map((item) => html`<li>${item}</li>`)}
  </ul>`;

/** Figures in as many columns as fit; `wide` for those of 460 pixels. */
export const charts = (figures: Content[], wide = false): Markup =>
  html`<div class="charts${wide ? ' wide' : ''}">${figures}</div>`;

/** A value above the small print that belongs to it. */
export const withNote = (value: Content, note: string): Markup =>
  html`${value}${note === '' ? null : html`<small>${note}</small>`}`;
