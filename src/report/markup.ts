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
