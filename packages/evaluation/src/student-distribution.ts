/**
 * The value that a Student t variable stays below with this probability.
 *
 * Source: the finite sums of Abramowitz and Stegun, 26.7.3 and 26.7.4, and bisection.
 *
 * @param probability between 0.5 and 1
 * @param freedom degrees of freedom, a whole number from 1
 */
export function studentQuantile(probability: number, freedom: number): number {
  const inside = 2 * probability - 1;
  let low = 0;
  // An angle, so that heavy tails need no bound.
  let high = Math.PI / 2;
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (shareWithin(middle, freedom) < inside) low = middle;
    else high = middle;
  }
  return Math.sqrt(freedom) * Math.tan((low + high) / 2);
}

/** How much of the distribution lies within ± sqrt(freedom) · tan(angle). */
function shareWithin(angle: number, freedom: number): number {
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = freedom % 2 === 1;
  if (freedom === 1) return (2 * angle) / Math.PI;
  let term = isOdd ? cosine : 1;
  let sum = term;
  for (let order = isOdd ? 3 : 2; order < freedom; order += 2) {
    term *= ((order - 1) / order) * cosine ** 2;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}
