/** Where values lie on a drawing. */
export interface Scale {
  /** Values that get a line or a mark, in order. */
  readonly ticks: readonly number[];
  /** The place of a value, in units of the drawing. */
  readonly at: (value: number) => number;
}

/** The two ends of a range. */
export type Ends = readonly [from: number, to: number];

/** A scale on which equal steps are equally far apart. */
export function linearScale(values: Ends, places: Ends, about = 5): Scale {
  const [low, high] = widened(values);
  return { ticks: niceTicks(low, high, about), at: between([low, high], places) };
}

/** A linear scale that begins and ends at a tick, so that no point lies at the edge unmarked. */
export function roundedScale(values: Ends, places: Ends, about = 5): Scale {
  const [low, high] = widened(values);
  const step = niceStep(high - low, about);
  const ends: Ends = [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
  return linearScale(ends, places, about);
}

/** A scale on which equal factors are equally far apart. Both values must be positive. */
export function logScale(values: Ends, places: Ends): Scale {
  const [low, high] = [Math.log10(values[0]), Math.log10(values[1])];
  const ends: Ends = high > low ? [low, high] : [low - 0.5, high + 0.5];
  const place = between(ends, places);
  const whole = range(Math.ceil(ends[0] - 1e-9), Math.floor(ends[1] + 1e-9));
  const ticks =
    whole.length > 1
      ? whole.map((power) => 10 ** power)
      : niceTicks(10 ** ends[0], 10 ** ends[1], 4);
  return { ticks, at: (value) => place(Math.log10(value)) };
}

/** The middles of `count` bands of equal width. */
export function bandMiddles(count: number, [from, to]: Ends): readonly number[] {
  const width = (to - from) / Math.max(1, count);
  return Array.from({ length: count }, (_, index) => from + (index + 0.5) * width);
}

/** The lowest and the highest finite value; undefined where there is none. */
export function endsOf(values: Iterable<number>): Ends | undefined {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : undefined;
}

/** Round values within a range: steps are 1, 2 or 5 times a power of ten. */
export function niceTicks(low: number, high: number, about: number): number[] {
  const step = niceStep(high - low, about);
  const ticks = range(Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9));
  return ticks.map((count) => Number((count * step).toPrecision(12)));
}

function niceStep(span: number, about: number): number {
  const rough = span / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * 0.999);
  return (factor ?? 10) * power;
}

/** A range without width gets one, so that its value lies in the middle. */
function widened([low, high]: Ends): Ends {
  if (high > low) return [low, high];
  const reach = Math.abs(low) / 10 || 1;
  return [low - reach, low + reach];
}

function between([low, high]: Ends, [from, to]: Ends): (value: number) => number {
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}
