import { divergingColor, labelColor, sequentialColor } from './colors.js';
import type { Slice } from './plane.js';
import { createRaster, mixPixel, type Color, type Raster } from './raster.js';

/** Tints every labeled pixel in its class's color. `labels` has the raster's size. */
export function paintLabels(raster: Raster, labels: Slice, opacity = 0.55): void {
  eachPixel(labels, (label, column, row) => {
    if (label > 0) mixPixel(raster, column, row, labelColor(label), opacity);
  });
}

/**
 * Draws the outline of each class: the pixels inside it that touch another class, `thickness` deep.
 *
 * @param color one for all classes; without it, each class's own
 */
export function paintContours(
  raster: Raster,
  labels: Slice,
  { color, thickness = 1 }: { color?: Color; thickness?: number } = {},
): void {
  const at = (column: number, row: number) => {
    const inside = column >= 0 && row >= 0 && column < labels.width && row < labels.height;
    return inside ? labels.data[row * labels.width + column]! : 0;
  };
  const onEdge = (label: number, column: number, row: number) => {
    for (let reach = 1; reach <= thickness; reach += 1) {
      if (at(column - reach, row) !== label || at(column + reach, row) !== label) return true;
      if (at(column, row - reach) !== label || at(column, row + reach) !== label) return true;
    }
    return false;
  };
  eachPixel(labels, (label, column, row) => {
    if (label <= 0 || !onEdge(label, column, row)) return;
    mixPixel(raster, column, row, color ?? labelColor(label));
  });
}

/** Covers pixels where `mask` is not 0 with a flat color. `mask` has the raster's size. */
export function paintMask(raster: Raster, mask: Slice, color: Color, opacity = 1): void {
  eachPixel(mask, (flag, column, row) => {
    if (flag !== 0) mixPixel(raster, column, row, color, opacity);
  });
}

/** The size of an error, from dark (0) to bright (`limit` and above). */
export function paintErrorSize(error: Slice, limit: number): Raster {
  return paintColors(error, (value) => sequentialColor(Math.abs(value) / limit));
}

/** A signed error: blue below, white at 0, red above; saturated at `limit`. */
export function paintSignedError(error: Slice, limit: number): Raster {
  return paintColors(error, (value) => divergingColor(value / limit));
}

function paintColors(slice: Slice, colorOf: (value: number) => Color): Raster {
  const raster = createRaster(slice.width, slice.height);
  for (let pixel = 0; pixel < slice.data.length; pixel += 1) {
    raster.data.set(colorOf(slice.data[pixel]!), pixel * 3);
  }
  return raster;
}

function eachPixel(
  slice: Slice,
  visit: (value: number, column: number, row: number) => void,
): void {
  for (let row = 0, pixel = 0; row < slice.height; row += 1) {
    for (let column = 0; column < slice.width; column += 1, pixel += 1) {
      visit(slice.data[pixel]!, column, row);
    }
  }
}
