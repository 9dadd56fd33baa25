import { html, type Html, type HtmlPart } from './html.js';
import { formatNumber } from './layout.js';
import type { Scale } from './scale.js';

/** Colors of lines and points, in order: on light and on dark paper. The stylesheet names them. */
export const seriesColors = [
  ['#1f6fb2', '#6db3ee'],
  ['#c2570c', '#f09a52'],
  ['#0f766e', '#45c4b4'],
  ['#8b46b8', '#c79be8'],
  ['#a3195b', '#f07fb4'],
] as const;

/** The color of what others are compared with. */
export const baselineColor = 'var(--baseline)';

/** The color of the `index`-th line, as CSS; they repeat after five. */
export function seriesColor(index: number): string {
  return `var(--series-${(index % seriesColors.length) + 1})`;
}

/** Where a chart is drawn: its size, and the edges of the plot inside. */
export interface ChartRoom {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A chart of the usual size, with room for marks at the left and below. */
export const usualRoom: ChartRoom = {
  ...{ width: 520, height: 300 },
  ...{ left: 62, right: 504, top: 14, bottom: 254 },
};

/** A mark of an axis: where it stands, and what it says. */
export interface AxisMark {
  readonly at: number;
  readonly text: string;
}

/** What a chart is called, for readers and for those who cannot see it. */
export interface ChartWords {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** A drawing as SVG, without scripts; it takes its colors from the stylesheet. */
export function chart(
  room: ChartRoom,
  { id, title, description }: ChartWords,
  body: HtmlPart,
): Html {
  return html`<svg
    class="chart"
    role="img"
    viewBox="0 0 ${room.width} ${room.height}"
    aria-labelledby="${id}-title ${id}-desc"
  >
    <title id="${id}-title">${title}</title>
    <desc id="${id}-desc">${description}</desc>
    ${body}
  </svg>`;
}

/** Marks below the plot, and what they measure. */
export function bottomAxis(room: ChartRoom, marks: readonly AxisMark[], label: string): Html {
  const { left, right, bottom, height } = room;
  return html`<path class="grid" d="M${left} ${bottom}H${right}" />
    ${marks.map(
      ({ at, text }) =>
        html`<text x="${place(at)}" y="${bottom + 18}" text-anchor="middle">${text}</text>`,
    )}
    <text class="axis" x="${(left + right) / 2}" y="${height - 6}" text-anchor="middle"
      >${label}</text
    >`;
}

/** Marks at the left of the plot, each with a line across it, and what they measure. */
export function leftAxis(room: ChartRoom, marks: readonly AxisMark[], label: string): Html {
  const { left, right, top, bottom } = room;
  return html`${marks.map(
      ({ at, text }) =>
        html`<path class="grid" d="M${left} ${place(at)}H${right}" /><text
            x="${left - 8}"
            y="${place(at + 4)}"
            text-anchor="end"
            >${text}</text
          >`,
    )}
    <text
      class="axis"
      transform="translate(14 ${(top + bottom) / 2}) rotate(-90)"
      text-anchor="middle"
      >${label}</text
    >`;
}

/** A line up through the plot at each mark. */
export function uprights({ top, bottom }: ChartRoom, marks: readonly AxisMark[]): Html[] {
  return marks.map(({ at }) => html`<path class="grid" d="M${place(at)} ${top}V${bottom}" />`);
}

/** Marks for the ticks of a scale. */
export function marksOf({ ticks, at }: Scale): AxisMark[] {
  return ticks.map((tick): AxisMark => ({
    at: at(tick),
    text: formatNumber(tick).replace('-', '−'),
  }));
}

/** A coordinate: a tenth of a unit is finer than what can be seen. */
export function place(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A name that fits into `room` letters. */
export function shortened(name: string, room: number): string {
  return name.length <= room ? name : `${name.slice(0, room - 1)}…`;
}
