/** The standard normal distribution function; right to 1e-11 of the smaller tail. */
export function normalBelow(value: number): number {
  const upper = 0.5 * complementaryError(Math.abs(value) / Math.SQRT2);
  return value < 0 ? upper : 1 - upper;
}

/**
 * The value that a standard normal variable stays below with this probability.
 *
 * Source: the bound |z| ≤ sqrt(-2 ln p) to start from, then bisection on {@link normalBelow}.
 */
export function normalQuantile(probability: number): number {
  if (probability <= 0) return -Infinity;
  if (probability >= 1) return Infinity;
  let high = Math.sqrt(-2 * Math.log(Math.min(probability, 1 - probability))) + 1;
  let low = -high;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (normalBelow(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** erfc for x ≥ 0: its series below 2.5, its continued fraction above. */
function complementaryError(x: number): number {
  if (x < 2.5) {
    let term = x;
    let sum = x;
    for (let order = 1; order < 60; order++) {
      term *= (-x * x) / order;
      sum += term / (2 * order + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let order = 60; order >= 1; order--) fraction = order / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}
