import { encode } from 'fast-png';

import { labelColor } from './colors.js';
import { paintContours } from './overlay.js';
import type { Slice } from './plane.js';
import { createRaster, type Color } from './raster.js';

/** How much of the picture below shows through a tinted pixel: 0 none, 255 nothing. */
const TINT = 128;

/** A see-through PNG that tints labels in their classes' colors, with the outline of other labels in white. */
export function labelLayer(labels: Slice, outlined?: Slice): Uint8Array {
  const lines = createRaster(labels.width, labels.height);
  if (outlined) paintContours(lines, outlined, { color: [255, 255, 255] });
  return encodeLayer(labels, (label, pixel) => {
    if (lines.data[pixel * 3] !== 0) return [255, 255, 255, 255];
    return label > 0 ? [...labelColor(label), TINT] : undefined;
  });
}

/** A see-through PNG that covers what is not 0 with a flat color. */
export function maskLayer(mask: Slice, color: Color): Uint8Array {
  return encodeLayer(mask, (flag) => (flag === 0 ? undefined : [...color, 255]));
}

type Paint = readonly [red: number, green: number, blue: number, opacity: number];

function encodeLayer(
  { data, width, height }: Slice,
  paint: (value: number, pixel: number) => Paint | undefined,
): Uint8Array {
  const pixels = new Uint8Array(width * height * 4);
  data.forEach((value, pixel) => {
    const color = paint(value, pixel);
    if (color) pixels.set(color, pixel * 4);
  });
  return encode({ width, height, data: pixels, channels: 4, depth: 8 });
}
