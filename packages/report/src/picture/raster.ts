import { encode } from 'fast-png';

/** Red, green and blue, 0 to 255. */
export type Color = readonly [red: number, green: number, blue: number];

/** A picture in memory: three bytes (red, green, blue) per pixel, rows from the top. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A picture filled with one color. */
export function createRaster(width: number, height: number, fill: Color = [0, 0, 0]): Raster {
  const data = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel += 1) data.set(fill, pixel * 3);
  return { width, height, data };
}

/** Copies `source` into `target` with its upper left corner at `(left, top)`; what sticks out is cut. */
export function paste(target: Raster, source: Raster, left: number, top: number): void {
  const width = Math.min(source.width, target.width - left);
  const height = Math.min(source.height, target.height - top);
  for (let row = 0; row < height; row += 1) {
    const from = row * source.width * 3;
    const line = source.data.subarray(from, from + width * 3);
    target.data.set(line, ((top + row) * target.width + left) * 3);
  }
}

/** Mixes `color` into one pixel; `opacity` 1 replaces it. Pixels outside are ignored. */
export function mixPixel(
  raster: Raster,
  column: number,
  row: number,
  color: Color,
  opacity = 1,
): void {
  if (column < 0 || row < 0 || column >= raster.width || row >= raster.height) return;
  const at = (row * raster.width + column) * 3;
  for (let channel = 0; channel < 3; channel += 1) {
    const old = raster.data[at + channel]!;
    raster.data[at + channel] = Math.round(old + (color[channel]! - old) * opacity);
  }
}

/** Fills a box; what sticks out is cut. */
export function fillBox(
  raster: Raster,
  box: { left: number; top: number; width: number; height: number },
  color: Color,
): void {
  for (let row = box.top; row < box.top + box.height; row += 1) {
    for (let column = box.left; column < box.left + box.width; column += 1) {
      mixPixel(raster, column, row, color);
    }
  }
}

/**
 * The picture as a PNG file, 8 bits per channel; one channel where every pixel is gray. The same
 * picture always gives the same bytes.
 */
export function encodePng(raster: Raster): Uint8Array {
  const { width, height, data } = raster;
  const gray = grayOf(data);
  return gray
    ? encode({ width, height, data: gray, channels: 1, depth: 8 })
    : encode({ width, height, data, channels: 3, depth: 8 });
}

function grayOf(data: Uint8Array): Uint8Array | undefined {
  const gray = new Uint8Array(data.length / 3);
  for (let pixel = 0; pixel < gray.length; pixel += 1) {
    const value = data[pixel * 3]!;
    if (data[pixel * 3 + 1] !== value || data[pixel * 3 + 2] !== value) return undefined;
    gray[pixel] = value;
  }
  return gray;
}
