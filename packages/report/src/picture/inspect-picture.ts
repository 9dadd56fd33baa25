import { spacingOf, type Vector3, type Volume } from '@voxmim/core';

import { labelColor } from './colors.js';
import { paintGray, percentileRange, type IntensityRange } from './intensity.js';
import { drawText, textWidth } from './lettering.js';
import { montage } from './montage.js';
import { drawOrientation } from './orientation-marks.js';
import { paintContours, paintLabels } from './overlay.js';
import { centreOf, mostLabeledPoint, planes, slicePlane } from './plane.js';
import { createRaster, encodePng, fillBox, type Raster } from './raster.js';
import { resizeSlice, scaleToFit } from './resize.js';

/** What {@link inspectPicture} shows. */
export interface InspectOptions {
  /** Names by class, background first; a class without one is called by its number. */
  readonly classes?: readonly string[];
  /** Without it, the 0.5th to 99.5th percentile. */
  readonly range?: IntensityRange;
  /** The voxel `[d, h, w]` the planes go through; without it, where most is labeled, or the middle. */
  readonly at?: Vector3;
  /** Pixels of the longest edge of a plane. */
  readonly edge?: number;
}

const INK = [225, 228, 232] as const;
const LINE = 24;

/**
 * One PNG for `voxmim inspect`: axial, coronal and sagittal planes in radiological convention, with
 * the labels over them in a second row, the sides of the patient, and a legend of the classes present.
 * Only the first channel is shown.
 *
 * @param labels on the grid of `volume`; the caller checks that
 */
export function inspectPicture(
  volume: Volume,
  labels?: Volume,
  options: InspectOptions = {},
): Uint8Array {
  const at = options.at ?? (labels ? mostLabeledPoint(labels) : centreOf(volume));
  const range = options.range ?? percentileRange(volume.data);
  const cuts = planes.map((plane) => slicePlane(volume, plane, at));
  const scale = scaleToFit(cuts, options.edge ?? 320);
  const draw = () => cuts.map((cut) => paintGray(resizeSlice(cut, scale, 'linear'), range));
  const plain = draw();
  plain.forEach((picture, index) => {
    const cut = cuts[index];
    if (cut) drawOrientation(picture, cut);
  });
  const rows = [plain];
  if (labels) {
    const tinted = draw();
    tinted.forEach((picture, index) => {
      const plane = planes[index] ?? 'axial';
      const overlay = resizeSlice(slicePlane(labels, plane, at), scale, 'nearest');
      paintLabels(picture, overlay, 0.4);
      paintContours(picture, overlay);
    });
    rows.push(tinted);
  }
  const pictures = montage(rows, { gap: 6 });
  const facts = factsLine(volume, range, pictures.width);
  const legend = labels ? [legendOf(labels, options.classes ?? [], pictures.width)] : [];
  return encodePng(montage([[pictures], [facts], ...legend.map((line) => [line])], { gap: 2 }));
}

function factsLine(volume: Volume, [black, white]: IntensityRange, width: number): Raster {
  const spacing = spacingOf(volume.affine).map((size) => size.toFixed(2));
  return textLines(width, [
    `${volume.shape.join(' x ')} voxels, ${spacing.join(' x ')} mm`,
    `gray ${black.toPrecision(4)} to ${white.toPrecision(4)}`,
  ]);
}

function textLines(width: number, lines: readonly string[]): Raster {
  const size = Math.max(...lines.map((line) => textWidth(line, 2))) <= width - 8 ? 2 : 1;
  const raster = createRaster(width, lines.length * LINE);
  lines.forEach((line, index) => {
    drawText(raster, line, { left: 4, top: index * LINE + 6, size, color: INK });
  });
  return raster;
}

function legendOf(labels: Volume, classes: readonly string[], width: number): Raster {
  const present = [...new Set<number>(labels.data)].filter((label) => label > 0);
  const entries = present
    .sort((left, right) => left - right)
    .map((label) => ({ label, name: classes[label] ?? `class ${label}` }));
  const placed: { label: number; name: string; left: number; row: number }[] = [];
  let [left, row] = [4, 0];
  for (const entry of entries) {
    const room = textWidth(entry.name, 2) + 40;
    if (left > 4 && left + room > width) [left, row] = [4, row + 1];
    placed.push({ ...entry, left, row });
    left += room;
  }
  const raster = createRaster(width, (row + 1) * LINE);
  for (const entry of placed) {
    const top = entry.row * LINE + 5;
    const box = { left: entry.left, top, width: 16, height: 16 };
    fillBox(raster, box, labelColor(entry.label));
    drawText(raster, entry.name, { left: entry.left + 22, top: top + 1, size: 2, color: INK });
  }
  return raster;
}
