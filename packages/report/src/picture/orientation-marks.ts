import { drawText, textWidth } from './lettering.js';
import type { Slice } from './plane.js';
import type { Raster } from './raster.js';

const MARGIN = 3;

/** Writes the side of the patient at the left and upper edge of a picture of `slice`. */
export function drawOrientation(raster: Raster, { edges }: Slice): void {
  const size = raster.width >= 120 ? 2 : 1;
  const middle = { x: Math.floor(raster.width / 2), y: Math.floor(raster.height / 2) };
  const half = { x: Math.floor(textWidth('R', size) / 2), y: Math.floor(3.5 * size) };
  const mark = (text: string, left: number, top: number) => {
    drawText(raster, text, { left: left + 1, top: top + 1, size, color: [0, 0, 0] });
    drawText(raster, text, { left, top, size, color: [255, 255, 255] });
  };
  mark(edges.left, MARGIN, middle.y - half.y);
  mark(edges.top, middle.x - half.x, MARGIN);
}
