import {
  bottomAxis,
  chart,
  leftAxis,
  marksOf,
  place,
  usualRoom,
  type ChartWords,
} from './chart.js';
import { html, type Html } from './html.js';
import { endsOf, linearScale, logScale, roundedScale, type Scale } from './scale.js';
import type { CurvePoint } from './thin-points.js';

/** A line of a chart. */
export interface DrawnLine {
  readonly points: readonly CurvePoint[];
  readonly color: string;
  readonly dashed?: boolean | undefined;
}

/** What {@link lineChart} draws. */
export interface LineChart extends ChartWords {
  readonly lines: readonly DrawnLine[];
  readonly xLabel: string;
  readonly yLabel: string;
  readonly scale: 'linear' | 'log';
}

/** Up to here every point of a line gets a dot. */
const FEW = 12;

/** Lines over steps. A logarithmic scale leaves out what is not positive. */
export function lineChart(drawn: LineChart): Html {
  const room = usualRoom;
  const log = drawn.scale === 'log';
  const lines = drawn.lines.map(({ points, ...line }) => ({
    ...line,
    points: log ? points.filter(([, value]) => value > 0) : points,
  }));
  const points = lines.flatMap((line) => line.points);
  const steps = endsOf(points.map(([x]) => x)) ?? [0, 1];
  const values = endsOf(points.map(([, y]) => y)) ?? [1, 1];
  const x = linearScale(steps, [room.left, room.right]);
  const y = (log ? logScale : roundedScale)(values, [room.bottom, room.top]);
  return chart(room, drawn, [
    leftAxis(room, marksOf(y), drawn.yLabel),
    bottomAxis(room, marksOf(x), drawn.xLabel),
    ...lines.map((line) => drawLine(line, x, y)),
  ]);
}

function drawLine({ points, color, dashed }: DrawnLine, x: Scale, y: Scale): Html {
  const spots = points.map(([step, value]) => [place(x.at(step)), place(y.at(value))] as const);
  const path = spots.map(([left, top], index) => `${index === 0 ? 'M' : 'L'}${left} ${top}`);
  const dots = spots.length <= FEW ? spots : [];
  return html`<g style="color:${color}">
    <path class="line${dashed ? ' dashed' : ''}" d="${path.join('')}" />
    ${dots.map(([left, top]) => html`<circle class="dot" cx="${left}" cy="${top}" r="3" />`)}
  </g>`;
}
