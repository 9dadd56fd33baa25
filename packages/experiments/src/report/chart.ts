import type { EChartsOption } from 'echarts';

import { html, trusted, type Html } from './html.js';

/**
 * Colors of lines and points, in order; the stylesheet has a brighter one for each in dark mode, and
 * finds them by these values.
 */
export const seriesColors = ['#1f6fb2', '#c2570c', '#0f766e', '#8b46b8', '#a3195b'] as const;

/** The color of what others are compared with. */
export const baselineColor = '#64707d';

/** Colors of axes, grid lines and labels. */
export const chartInk = { text: '#59636e', line: '#d5dbe1' } as const;

const SIZE = { width: 520, height: 300 };

/** The color of the `index`-th line; they repeat after five. */
export function seriesColor(index: number): string {
  return seriesColors[index % seriesColors.length] ?? baselineColor;
}

/**
 * Draws a chart to SVG, without a DOM, a network or scripts.
 *
 * ECharts is loaded here and not at the top: it takes half a second that only reports need to spend.
 *
 * @param id unique in the page; makes the names inside the SVG the same in every process
 */
export async function renderChart(
  option: EChartsOption,
  { id, title, description }: { id: string; title: string; description: string },
): Promise<Html> {
  const echarts = await import('echarts');
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  chart.setOption({ animation: false, textStyle: { fontFamily: 'inherit' }, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return html`<svg
    class="chart"
    role="img"
    viewBox="0 0 ${SIZE.width} ${SIZE.height}"
    aria-labelledby="${id}-title ${id}-desc"
  >
    <title id="${id}-title">${title}</title>
    <desc id="${id}-desc">${description}</desc>
    ${trusted(bodyOf(svg, id))}
  </svg>`;
}

/** What is inside the `svg` element, without hover styles, counters of the process and hooks for scripts. */
function bodyOf(svg: string, id: string): string {
  return svg
    .replace(/^<svg[^>]*>/, '')
    .replace(/<\/svg>\s*$/, '')
    .replace(/<style\s*>.*?<\/style>/gs, '')
    .replace(/ (?:class="zr[^"]*"|ecmeta_\w+="[^"]*"|pointer-events="[^"]*")/g, '')
    .replace(/\bzr\d+-/g, `${id}-`);
}

/** Axis settings that every chart shares. */
export function valueAxis(name: string, vertical: boolean) {
  return {
    name,
    nameLocation: 'middle' as const,
    nameGap: vertical ? 46 : 28,
    nameTextStyle: { color: chartInk.text, fontSize: 13 },
    axisLabel: { color: chartInk.text, fontSize: 12, hideOverlap: true },
    axisLine: { show: !vertical, lineStyle: { color: chartInk.line } },
    axisTick: { show: false },
    splitLine: { show: vertical, lineStyle: { color: chartInk.line } },
  };
}

/** The room around the plot. */
export const chartGrid = { left: 62, right: 16, top: 14, bottom: 46, containLabel: false };
