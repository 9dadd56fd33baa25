/** A point of a curve. */
export type CurvePoint = readonly [x: number, y: number];

/**
 * At most `limit` points of a curve: each is the mean of as many neighbours, at the last one's x.
 * A curve that is short enough stays as it is. Points that are not finite are left out.
 */
export function thinPoints(points: readonly CurvePoint[], limit = 200): readonly CurvePoint[] {
  const finite = points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  const size = Math.ceil(finite.length / limit);
  if (size <= 1) return finite;
  return Array.from({ length: Math.ceil(finite.length / size) }, (_, index): CurvePoint => {
    const group = finite.slice(index * size, (index + 1) * size);
    const mean = group.reduce((sum, [, y]) => sum + y, 0) / group.length;
    return [group.at(-1)?.[0] ?? 0, mean];
  });
}
