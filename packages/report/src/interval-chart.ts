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
import type { ScoreInterval } from './score-interval.js';
import { bandMiddles, endsOf, roundedScale } from './scale.js';

/** A score of one model in one group, such as a number of labels. */
export interface GroupedScore {
  readonly group: string;
  readonly model: string;
  readonly score: ScoreInterval;
}

/** What {@link intervalChart} draws. */
export interface IntervalChart extends ChartWords {
  readonly scores: readonly GroupedScore[];
  /** In the order in which they stand beside each other. */
  readonly models: readonly { readonly name: string; readonly color: string }[];
  readonly xLabel: string;
  readonly yLabel: string;
}

/** Means with their intervals, by group, over an axis that begins at 0. */
export function intervalChart({ scores, models, xLabel, yLabel, ...words }: IntervalChart): Html {
  const room = usualRoom;
  const groups = [...new Set(scores.map(({ group }) => group))];
  const middles = bandMiddles(groups.length, [room.left, room.right]);
  const [low, high] = endsOf(scores.flatMap(({ score }) => [score.low, score.high])) ?? [0, 1];
  const y = roundedScale([Math.min(0, low), Math.max(0, high)], [room.bottom, room.top]);
  const marks = groups.map((text, index) => ({ at: middles[index] ?? room.left, text }));
  const gap = Math.min(18, (room.right - room.left) / groups.length / (models.length + 1));
  return chart(room, words, [
    leftAxis(room, marksOf(y), yLabel),
    bottomAxis(room, marks, xLabel),
    ...scores.map(({ group, model, score }) => {
      const index = models.findIndex(({ name }) => name === model);
      const aside = (index - (models.length - 1) / 2) * gap;
      const x = place((middles[groups.indexOf(group)] ?? room.left) + aside);
      const [mean, bottom, top] = [score.mean, score.low, score.high].map((at) => place(y.at(at)));
      return html`<g style="color:${models[index]?.color ?? ''}">
        <path
          class="line"
          d="M${x} ${bottom ?? 0}V${top ?? 0}M${x - 4} ${bottom ?? 0}h8M${x - 4} ${top ?? 0}h8"
        />
        <circle class="dot" cx="${x}" cy="${mean ?? 0}" r="5" />
      </g>`;
    }),
  ]);
}
