/**
 * Resizes planes bilinearly, cell centers aligned, and scales them so that each keeps its sum: a patch
 * of equal voxels then gives the same feature at either size.
 *
 * @param values `[…, h, w]`
 * @returns `[…, h', w']`
 */
export function resizeKernel(
  values: Float32Array,
  from: readonly [number, number],
  to: readonly [number, number],
): Float32Array {
  if (from[0] === to[0] && from[1] === to[1]) return values;
  const planes = values.length / (from[0] * from[1]);
  const rows = Array.from({ length: to[0] }, (_, row) => neighbors(row, from[0], to[0]));
  const columns = Array.from({ length: to[1] }, (_, column) => neighbors(column, from[1], to[1]));
  const scale = (from[0] * from[1]) / (to[0] * to[1]);
  const resized = new Float32Array(planes * to[0] * to[1]);
  let index = 0;
  for (let plane = 0; plane < planes; plane++) {
    const start = plane * from[0] * from[1];
    const at = (row: number, column: number) => values[start + row * from[1] + column] ?? 0;
    for (const row of rows) {
      for (const column of columns) {
        const near =
          at(row.low, column.low) * (1 - column.share) + at(row.low, column.high) * column.share;
        const far =
          at(row.high, column.low) * (1 - column.share) + at(row.high, column.high) * column.share;
        resized[index++] = scale * (near * (1 - row.share) + far * row.share);
      }
    }
  }
  return resized;
}

function neighbors(index: number, from: number, to: number) {
  const position = Math.min(Math.max(((index + 0.5) * from) / to - 0.5, 0), from - 1);
  const low = Math.floor(position);
  return { low, high: Math.min(low + 1, from - 1), share: position - low };
}
