import {
  bottomAxis,
  chart,
  marksOf,
  place,
  shortened,
  uprights,
  type ChartRoom,
  type ChartWords,
} from './chart.js';
import { html, type Html } from './html.js';
import { bandMiddles, endsOf, roundedScale } from './scale.js';

/** What {@link stripChart} draws. */
export interface StripChart extends ChartWords {
  readonly rows: readonly {
    readonly name: string;
    /** As CSS. */
    readonly color: string;
    /** One a case; null where it has none. */
    readonly values: readonly (number | null)[];
  }[];
  readonly xLabel: string;
}

const ROW = 40;
const LETTERS = 20;
/** How far dots of a row are moved apart, in turn, so that equal ones do not hide each other. */
const ASIDE = [0, -6, 6, -3, 3, -9, 9] as const;

/** A dot a case, one row a class, over a box from the first to the third quartile with the median. */
export function stripChart({ rows, xLabel, ...words }: StripChart): Html {
  const bottom = 14 + rows.length * ROW;
  const room: ChartRoom = {
    ...{ width: 520, height: bottom + 46 },
    ...{ left: 170, right: 504, top: 14, bottom },
  };
  const known = rows.map(({ values }) =>
    values.flatMap((value) => (value === null ? [] : [value])),
  );
  const [low, high] = endsOf(known.flat()) ?? [0, 1];
  // A Dice runs from 0 to 1, and what is drawn of it should too.
  const x = roundedScale([Math.min(0, low), Math.max(1, high)], [room.left, room.right]);
  const middles = bandMiddles(rows.length, [room.top, room.bottom]);
  return chart(room, words, [
    ...uprights(room, marksOf(x)),
    bottomAxis(room, marksOf(x), xLabel),
    ...rows.map(({ name, color }, index) => {
      const y = middles[index] ?? room.top;
      const values = known[index] ?? [];
      return html`<text x="${room.left - 10}" y="${y + 4}" text-anchor="end"
          >${shortened(name, LETTERS)}</text
        >
        <g style="color:${color}">
          ${values.length > 3 ? box(values, y, x.at) : null}
          ${values.map(
            (value, at) =>
              html`<circle
                class="case"
                cx="${place(x.at(value))}"
                cy="${y + (ASIDE[at % ASIDE.length] ?? 0)}"
                r="3.5"
              />`,
          )}
        </g>`;
    }),
  ]);
}

function box(values: readonly number[], y: number, at: (value: number) => number): Html {
  const [first, median, third] = [0.25, 0.5, 0.75].map((share) =>
    place(at(quantile(values, share))),
  );
  return html`<path class="box" d="M${first ?? 0} ${y - 12}H${third ?? 0}v24H${first ?? 0}z" />
    <path class="median" d="M${median ?? 0} ${y - 12}v24" />`;
}

/** The value below which a share of all lies, between neighbors on a line. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  const position = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
  if (below === undefined || above === undefined) return NaN;
  return below + (above - below) * (position - Math.floor(position));
}
