/** From so many cases on, a percentile bootstrap covers what it says. */
const ENOUGH = 15;

/**
 * What a reader must know of percentile bootstrap intervals over few cases; null where there are
 * enough. Covered in simulation: 84 % at 5 cases, 91 % at 10, 95 % at 40.
 */
export function intervalCaution(cases: number): string | null {
  if (cases >= ENOUGH || cases < 1) return null;
  const share = cases <= 7 ? '84' : '91';
  return `Intervals over ${cases} cases are too narrow: a bootstrap over so few that says 95 % covers about ${share} %.`;
}
