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
import { endsOf, roundedScale } from './scale.js';

/** What {@link scatterChart} draws. */
export interface ScatterChart extends ChartWords {
  readonly groups: readonly {
    readonly color: string;
    readonly points: readonly (readonly [x: number, y: number])[];
  }[];
  readonly xLabel: string;
  readonly yLabel: string;
}

/** A point a case, its score under one model against that under another, and the line where both are equal. */
export function scatterChart({ groups, xLabel, yLabel, ...words }: ScatterChart): Html {
  const room = usualRoom;
  const ends = endsOf(groups.flatMap(({ points }) => points.flat())) ?? [0, 1];
  // One scale for both axes, so that the line of equals is the diagonal.
  const x = roundedScale(ends, [room.left, room.right]);
  const y = roundedScale(ends, [room.bottom, room.top]);
  return chart(room, words, [
    leftAxis(room, marksOf(y), yLabel),
    bottomAxis(room, marksOf(x), xLabel),
    html`<path class="line equal" d="M${room.left} ${room.bottom}L${room.right} ${room.top}" />`,
    ...groups.map(
      ({ color, points }) =>
        html`<g style="color:${color}">
          ${points.map(
            ([left, top]) =>
              html`<circle
                class="case"
                cx="${place(x.at(left))}"
                cy="${place(y.at(top))}"
                r="3.5"
              />`,
          )}
        </g>`,
    ),
  ]);
}
