import {
  bottomAxis,
  chart,
  leftAxis,
  marksOf,
  place,
  shortened,
  usualRoom,
  type ChartWords,
} from './chart.js';
import { html, type Html } from './html.js';
import { bandMiddles, endsOf, roundedScale } from './scale.js';

/** What {@link pairedChart} draws. */
export interface PairedChart extends ChartWords {
  /** The models side by side, each with one value a case in the same order; null where it has none. */
  readonly models: readonly {
    readonly name: string;
    readonly color: string;
    readonly values: readonly (number | null)[];
  }[];
  readonly yLabel: string;
}

const LETTERS = 44;

/** A line a case from model to model, over an axis from 0 to 1: who rises, who falls. */
export function pairedChart({ models, yLabel, ...words }: PairedChart): Html {
  const room = usualRoom;
  const [low, high] = endsOf(models.flatMap(({ values }) => values.map(Number))) ?? [0, 1];
  const y = roundedScale([Math.min(0, low), Math.max(1, high)], [room.bottom, room.top]);
  const middles = bandMiddles(models.length, [room.left, room.right]);
  const marks = models.map(({ name }, index) => ({
    at: middles[index] ?? room.left,
    text: shortened(name, Math.floor(LETTERS / models.length)),
  }));
  const cases = models[0]?.values.length ?? 0;
  return chart(room, words, [
    leftAxis(room, marksOf(y), yLabel),
    bottomAxis(room, marks, 'one line a case'),
    ...Array.from({ length: cases }, (_, at) => {
      const spots = models.flatMap(({ values }, index) => {
        const value = values[at];
        if (value === null || value === undefined) return [];
        return [`${place(middles[index] ?? 0)} ${place(y.at(value))}`];
      });
      return html`<path class="pair" d="M${spots.join('L')}" />`;
    }),
    ...models.map(
      ({ values, color }, index) =>
        html`<g style="color:${color}">
          ${values.map((value) =>
            value === null
              ? null
              : html`<circle
                  class="case"
                  cx="${place(middles[index] ?? 0)}"
                  cy="${place(y.at(value))}"
                  r="4"
                />`,
          )}
        </g>`,
    ),
  ]);
}
