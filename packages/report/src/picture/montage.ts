import { createRaster, paste, type Color, type Raster } from './raster.js';

/**
 * Rows of pictures in one, each centred in its cell; a column is as wide as its widest picture and a
 * row as high as its highest.
 *
 * @param gap pixels of `background` between cells
 */
export function montage(
  rows: readonly (readonly Raster[])[],
  { gap = 4, background = [0, 0, 0] }: { gap?: number; background?: Color } = {},
): Raster {
  const columnCount = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columnCount }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.width ?? 0)),
  );
  const heights = rows.map((row) => Math.max(0, ...row.map(({ height }) => height)));
  const sheet = createRaster(total(widths, gap), total(heights, gap), background);
  let top = 0;
  rows.forEach((row, rowIndex) => {
    const height = heights[rowIndex]!;
    let left = 0;
    row.forEach((cell, column) => {
      const width = widths[column]!;
      const [x, y] = [left + middle(width, cell.width), top + middle(height, cell.height)];
      paste(sheet, cell, x, y);
      left += width + gap;
    });
    top += height + gap;
  });
  return sheet;
}

function total(sizes: readonly number[], gap: number): number {
  return sizes.reduce((sum, size) => sum + size, 0) + gap * Math.max(0, sizes.length - 1);
}

function middle(room: number, size: number): number {
  return Math.floor((room - size) / 2);
}
