import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import type { EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { escapeHtml, html, type Markup, trusted } from '../markup.js';

echarts.use([BarChart, CustomChart, LineChart, ScatterChart, GridComponent, MarkLineComponent, SVGRenderer]);

/** Pixels at full size; a page scales charts down, and the smallest letters stay readable on a phone. */
export interface Size {
  width: number;
  height: number;
}

/** A chart of a page. */
export interface Chart {
  title: string;
  /** What the picture shows, in words, for those who cannot see it. */
  description: string;
  size: Size;
  option: EChartsCoreOption;
  /** Below the title: what the marks mean. */
  legend?: Markup;
}

/** Colours of charts, by role; their values for light, dark and print stand in the style sheet. */
export const COLOUR = {
  ink: 'var(--ink)',
  faint: 'var(--faint)',
  line: 'var(--line)',
  page: 'var(--page)',
  reference: 'var(--reference)',
  current: 'var(--current)',
  alarm: 'var(--alarm)',
} as const;

const FONT = { fontFamily: 'system-ui, sans-serif', fontSize: 12, color: COLOUR.faint } as const;

/** What all axes have in common. */
export const AXIS = {
  axisLine: { show: true, lineStyle: { color: COLOUR.line } },
  axisTick: { show: false },
  axisLabel: FONT,
  nameTextStyle: FONT,
  nameLocation: 'middle',
  splitLine: { show: true, lineStyle: { color: COLOUR.line, opacity: 0.6 } },
} as const;

/** Room around the axes: their labels and names fit inside the picture. */
export const GRID = { left: 6, right: 14, top: 12, bottom: 6, outerBoundsMode: 'same' } as const;

/**
 * The chart as inline SVG with its title and text alternative; the same bytes for the same chart. Where the library
 * cannot make a picture, of values at the ends of the range of numbers for example, the words alone: no report fails
 * because of a picture.
 */
export function draw({ title, description, size, option, legend }: Chart): Markup {
  const svg = pictureOf(option, size);
  return html`<figure>
    <figcaption>${title}${legend ? html` <span class="legend">${legend}</span>` : null}</figcaption>
    ${
      svg === null
        ? html`<p class="lead">This could not be drawn: ${description}</p>`
        : trusted(tidy(svg, `${title}: ${description}`, size))
    }
  </figure>`;
}

/** SVG as the library writes it, `null` when it refuses or loses a number. */
function pictureOf(option: EChartsCoreOption, size: Size): string | null {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption({ animation: false, textStyle: FONT, ...option });
    const svg = chart.renderToSVGString();
    return LOST_NUMBER.test(svg) ? null : svg;
  } catch {
    return null;
  } finally {
    chart.dispose();
  }
}

/** In an attribute: quotes in text are escaped. */
const LOST_NUMBER = /="[^"]*(?:NaN|Infinity)/;

/** Pictures grow with the page up to so many times their size; beyond, letters would look coarse. */
const LARGEST_SCALE = 1.15;

/** Quotes in text are escaped, so no text holds this. */
const LIBRARY_ID = /(id="|="url\(#)zr\d+-/g;

/**
 * Leaves out what serves pointers alone (hover rules, event marks), and numbers ids by content, because the library
 * counts them over the life of the process.
 */
function tidy(svg: string, label: string, { width, height }: Size): string {
  const bare = svg
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/ (?:class="zr[^"]*"|pointer-events="[^"]*"|ecmeta_\w+="[^"]*")/g, '')
    .replace(/<rect [^>]*fill="none"><\/rect>\n?/, '')
    .replace(/\n+/g, '');
  const own = fingerprint(bare.replace(LIBRARY_ID, '$1'));
  return bare
    .replace(LIBRARY_ID, `$1z${own}-`)
    .replace(
      /^<svg [^>]*>/,
      `<svg role="img" aria-label="${escapeHtml(label)}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" style="max-width:${Math.round(width * LARGEST_SCALE)}px">`,
    );
}

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(36);
}
