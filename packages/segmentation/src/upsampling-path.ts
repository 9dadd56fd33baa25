import { type Shape3, tile, zipAxes } from '@voxmim/core';

/** Upsampling factors per axis, one entry per transposed convolution; at least one. */
export type UpsamplingPath = readonly [Shape3, ...Shape3[]];

/**
 * The steps from stride `from` to stride `to`. Axes that need fewer steps wait, so that the maps stay
 * small for as long as they can, and the first step of an axis takes all factors that are not 2.
 *
 * @returns `undefined` where no whole factors lead there
 */
export function upsamplingPath(from: Shape3, to: Shape3): UpsamplingPath | undefined {
  if (zipAxes(from, to, (coarse, fine) => coarse % fine).some((rest) => rest > 0)) return undefined;
  const perAxis = tile(from, to).map(factorsOf);
  const steps = Math.max(1, ...perAxis.map((factors) => factors.length));
  const factor = (axis: number, step: number) => {
    const factors = perAxis[axis] ?? [];
    return factors[step - (steps - factors.length)] ?? 1;
  };
  const stepAt = (step: number): Shape3 => [factor(0, step), factor(1, step), factor(2, step)];
  const rest = Array.from({ length: steps - 1 }, (_, index) => stepAt(index + 1));
  return [stepAt(0), ...rest];
}

/** A ratio as factors of 2, the first one taking what is odd. */
function factorsOf(ratio: number): number[] {
  const twos: number[] = [];
  let odd = ratio;
  for (; odd % 2 === 0; odd /= 2) twos.push(2);
  return odd > 1 ? [odd, ...twos] : twos;
}

/** The greatest common divisor: the coarsest stride that both can be brought to. */
export function commonStride(left: number, right: number): number {
  return right === 0 ? left : commonStride(right, left % right);
}
