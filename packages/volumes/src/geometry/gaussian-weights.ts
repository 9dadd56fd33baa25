/** Where the Gaussian is cut off, in standard deviations, as in scipy. */
const TRUNCATE = 4;

/** Weights of a Gaussian from the center outward; all of them, both sides counted, sum to one. */
export function gaussianWeights(deviation: number): Float64Array {
  const radius = Math.floor(TRUNCATE * deviation + 0.5);
  if (radius === 0) return Float64Array.of(1);
  const weights = Float64Array.from({ length: radius + 1 }, (_, distance) =>
    Math.exp(-(distance ** 2) / (2 * deviation ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + 2 * weight, -weights[0]);
  return weights.map((weight) => weight / sum);
}
