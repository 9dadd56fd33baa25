import { meanOf } from './bootstrap.js';

/** A validation score after so many steps. */
export interface CurvePoint {
  readonly step: number;
  readonly score: number;
}

/** A validation curve, steps rising. */
export type LearningCurve = readonly CurvePoint[];

/** When a curve reached a level. */
export interface ReachedLevel {
  /** The first step at which it was there; where it never was, the last that was looked at. */
  readonly steps: number;
  /** Whether it was; if not, `steps` is only a lower bound. */
  readonly reached: boolean;
}

/** Every score averaged with up to `width - 1` before it, so that one lucky validation decides nothing. */
export function smoothCurve(curve: LearningCurve, width = 3): LearningCurve {
  return curve.map(({ step }, at) => ({
    step,
    score: meanOf(curve.slice(Math.max(0, at + 1 - width), at + 1).map(({ score }) => score)),
  }));
}

/** When the smoothed curve first reached a level that was fixed beforehand; undefined for no curve. */
export function stepsToLevel(curve: LearningCurve, level: number): ReachedLevel | undefined {
  const found = smoothCurve(curve).find(({ score }) => score >= level);
  if (found) return { steps: found.step, reached: true };
  const last = curve.at(-1);
  return last && { steps: last.step, reached: false };
}

/** The mean height of a curve over its steps (the area under it, by trapezoids, over its length). */
export function meanHeight(curve: LearningCurve): number {
  const last = curve.at(-1);
  if (!last) return NaN;
  const first = curve[0];
  if (first.step === last.step) return first.score;
  const area = curve.slice(1).reduce((sum, { step, score }, at) => {
    const before = curve[at];
    return sum + ((score + before.score) / 2) * (step - before.step);
  }, 0);
  return area / (last.step - first.step);
}
