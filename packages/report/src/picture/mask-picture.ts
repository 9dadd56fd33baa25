import { zipAxes, type Shape3, type Vector3, type Volume } from '@voxmim/core';
import { hiddenVoxels } from '@voxmim/masking';

import { paintGray, percentileRange } from './intensity.js';
import { drawText } from './lettering.js';
import { montage } from './montage.js';
import { paintMask } from './overlay.js';
import { planes, slicePlane } from './plane.js';
import { createRaster, encodePng, type Raster } from './raster.js';
import { resizeSlice, scaleToFit } from './resize.js';

/** A mask to draw over a volume. */
export interface PicturedMask {
  /** Shown above its planes. */
  readonly title: string;
  /** `[L]`; 1 is hidden. */
  readonly hidden: Uint8Array;
}

const INK = [225, 228, 232] as const;
const SHADE = [16, 24, 40] as const;
const TITLE = 22;

/**
 * One PNG with a row per mask: axial, coronal and sagittal planes through the visible token nearest
 * to the middle of the volume, hidden tokens dimmed. Only the first channel is shown.
 *
 * @param patchSize voxels per token; it tiles `volume`
 */
export function maskPicture(
  volume: Volume,
  masks: readonly PicturedMask[],
  gridShape: Shape3,
  patchSize: Shape3,
  edge = 240,
): Uint8Array {
  const range = percentileRange(volume.data);
  const cutsAt = (at: Vector3) => planes.map((plane) => slicePlane(volume, plane, at));
  const scale = scaleToFit(cutsAt([0, 0, 0]), edge);
  const row = ({ title, hidden }: PicturedMask): Raster[][] => {
    const flags: Volume<Uint8Array> = {
      ...{ shape: volume.shape, affine: volume.affine, channels: 1 },
      data: hiddenVoxels(hidden, gridShape, patchSize),
    };
    const at = visiblePoint(hidden, gridShape, patchSize);
    const pictures = cutsAt(at).map((cut, index) => {
      const picture = paintGray(resizeSlice(cut, scale, 'linear'), range);
      const plane = planes[index] ?? 'axial';
      const shade = resizeSlice(slicePlane(flags, plane, at), scale, 'nearest');
      paintMask(picture, shade, SHADE, 0.78);
      return picture;
    });
    const sheet = montage([pictures], { gap: 6 });
    return [[titleLine(title, sheet.width)], [sheet]];
  };
  return encodePng(montage(masks.flatMap(row), { gap: 2 }));
}

/** The middle of the visible token nearest to the middle of the grid. */
function visiblePoint(hidden: Uint8Array, gridShape: Shape3, patchSize: Shape3): Vector3 {
  const [, height, width] = gridShape;
  const distance = (cell: Shape3) => {
    const [d, h, w] = zipAxes(cell, gridShape, (at, extent) => (at - (extent - 1) / 2) ** 2);
    return d + h + w;
  };
  const cells = Array.from(hidden, (_, id): Shape3 => [
    Math.floor(id / (height * width)),
    Math.floor(id / width) % height,
    id % width,
  ]);
  const visible = cells.filter((_, id) => hidden[id] === 0);
  const nearest = visible.reduce(
    (best, cell) => (distance(cell) < distance(best) ? cell : best),
    visible[0] ?? [0, 0, 0],
  );
  return zipAxes(nearest, patchSize, (at, size) => Math.floor((at + 0.5) * size));
}

function titleLine(title: string, width: number): Raster {
  const raster = createRaster(width, TITLE);
  drawText(raster, title, { left: 4, top: 5, size: 2, color: INK });
  return raster;
}
