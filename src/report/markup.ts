/** HTML that may go into a page as it is. Only {@link html} and {@link trusted} make it, so text cannot slip in. */
export class Markup {
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  toString(): string {
    return this.#source;
  }
}

/** What a template may hold: text and numbers are escaped, markup is not, lists are joined, `null` and `false` are nothing. */
export type Content = Markup | string | number | null | false | readonly Content[];

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const SIGNS = Object.fromEntries(Object.entries(ENTITIES).map(([sign, entity]) => [entity, sign]));

/** Text for an element or a quoted attribute. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);

/** What {@link escapeHtml} was given. */
export const unescapeHtml = (source: string): string =>
  source.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => SIGNS[entity]!);

/** Template of HTML whose values are escaped. */
export const html = (parts: TemplateStringsArray, ...values: Content[]): Markup =>
  new Markup(parts.reduce((source, part, index) => source + sourceOf(values[index - 1]!) + part));

/** Source of our own making, an SVG or a style sheet for example. Never pass it what came with the data. */
export const trusted = (source: string): Markup => new Markup(source);

function sourceOf(value: Content): string {
  if (value === null || value === false) return '';
  if (value instanceof Markup) return value.toString();
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return value.map(sourceOf).join('');
}

/** A link where the address is one of a page or a file, else the text alone: addresses come from documents. */
export function link(address: string | null, text: Content): Markup {
  const url = address !== null && URL.canParse(address) ? new URL(address) : null;
  const known = url !== null && ['http:', 'https:', 'file:'].includes(url.protocol);
  return known ? html`<a href="${url.href}">${text}</a>` : html`${text}`;
}

/** How good the news is; told by words and signs too, never by colour alone. */
export type Tone = 'good' | 'bad' | 'warn' | 'neutral';

interface TableColumn {
  head: Content;
  /** Right-aligned, never broken. */
  number?: boolean;
}

/** A row of a table, a cell for each of its columns. */
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

/** A list with a mark before each item. */
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
