import {
  baselineColor,
  bottomAxis,
  chart,
  marksOf,
  place,
  seriesColor,
  shortened,
  uprights,
  type ChartRoom,
  type ChartWords,
} from './chart.js';
import { html, type Html } from './html.js';
import type { ScoreInterval } from './score-interval.js';
import { bandMiddles, endsOf, roundedScale } from './scale.js';

/** What {@link differenceChart} draws. */
export interface DifferenceChart extends ChartWords {
  readonly rows: readonly { readonly name: string; readonly difference: ScoreInterval }[];
  readonly xLabel: string;
}

const ROW = 30;
const LETTERS = 20;

/** Differences with their intervals, one a row, beside a line at 0; those that hold 0 are gray. */
export function differenceChart({ rows, xLabel, ...words }: DifferenceChart): Html {
  const bottom = 14 + rows.length * ROW;
  const room: ChartRoom = {
    ...{ width: 520, height: bottom + 46 },
    ...{ left: 170, right: 504, top: 14, bottom },
  };
  const ends = rows.flatMap(({ difference }) => [difference.low, difference.high]);
  const [low, high] = endsOf([...ends, 0]) ?? [-1, 1];
  const x = roundedScale([low, high], [room.left, room.right]);
  const middles = bandMiddles(rows.length, [room.top, room.bottom]);
  const zero = place(x.at(0));
  return chart(room, words, [
    ...uprights(room, marksOf(x)),
    html`<path class="zero" d="M${zero} ${room.top}V${room.bottom}" />`,
    bottomAxis(room, marksOf(x), xLabel),
    ...rows.map(({ name, difference }, index) => {
      const y = middles[index] ?? room.top;
      const [from, to] = [place(x.at(difference.low)), place(x.at(difference.high))];
      const clear = difference.low > 0 || difference.high < 0;
      return html`<text x="${room.left - 10}" y="${y + 4}" text-anchor="end"
          >${shortened(name, LETTERS)}</text
        >
        <g style="color:${clear ? seriesColor(0) : baselineColor}">
          <path class="line" d="M${from} ${y}H${to}M${from} ${y - 4}v8M${to} ${y - 4}v8" />
          <circle class="dot" cx="${place(x.at(difference.mean))}" cy="${y}" r="5" />
        </g>`;
    }),
  ]);
}
