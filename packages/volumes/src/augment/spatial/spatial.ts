import {
  type Affine,
  composeAffines,
  type Random,
  type Shape3,
  spacingOf,
  zipAxes,
} from '@voxmim/core';

import type { Sample } from '../sample.js';
import { affineAbout, type AffineConfig, drawAffine } from './affine.js';
import { Displacement, type ElasticConfig } from './elastic.js';
import { drawFlips, type FlipConfig } from './flip.js';
import { drawTurn, type Rotate90Config } from './rotate90.js';
import { applySymmetry, isIdentity, type Symmetry, symmetryAffine } from './symmetry.js';
import { warp } from './warp.js';
import { drawZoom, type ZoomConfig } from './zoom.js';

/** The transforms that move voxels. */
export interface SpatialConfig {
  readonly flip: FlipConfig;
  readonly rotate90: Rotate90Config;
  readonly affine: AffineConfig;
  readonly zoom: ZoomConfig;
  readonly elastic: ElasticConfig;
}

/**
 * Moves the voxels of a sample in one pass: flips and quarter turns alone move them exactly; with an
 * affine transform, zoom or elastic deformation, all compose into one interpolation.
 *
 * @param isOwned whether the sample's own voxels may be moved
 */
export function moveVoxels(
  sample: Sample,
  config: SpatialConfig,
  random: Random,
  isOwned: boolean,
): Sample {
  const { shape } = sample.image;
  const flips = drawFlips(config.flip, random.stream('flip'));
  const symmetry = drawTurn(config.rotate90, shape, flips, random.stream('rotate90'));
  const affine = drawIndexAffine(sample, config, random);
  const isElastic = random.stream('isElastic').uniform() < config.elastic.probability;
  if (affine || isElastic) {
    const turned = symmetryAffine(symmetry, shape);
    const displacement = isElastic
      ? new Displacement(shape, config.elastic, random.stream('elastic'))
      : undefined;
    return warp(sample, affine ? composeAffines(affine, turned) : turned, displacement);
  }
  return isIdentity(symmetry) ? sample : permute(sample, symmetry, isOwned);
}

function permute({ image, labels }: Sample, symmetry: Symmetry, isOwned: boolean): Sample {
  const moved = { image: applySymmetry(image, symmetry, isOwned) };
  return labels ? { ...moved, labels: applySymmetry(labels, symmetry, isOwned) } : moved;
}

/** From the index of a moved voxel to its source; undefined where nothing is drawn. */
function drawIndexAffine(
  { image }: Sample,
  { affine, zoom }: SpatialConfig,
  random: Random,
): Affine | undefined {
  const [affineStream, zoomStream] = [random.stream('affine'), random.stream('zoom')];
  const isAffine = affineStream.uniform() < affine.probability;
  const isZoomed = zoomStream.uniform() < zoom.probability;
  const parts = [
    ...(isAffine ? [affineAbout(drawAffine(affine, affineStream))] : []),
    ...(isZoomed ? [drawZoom(zoom, zoomStream)] : []),
  ];
  if (parts.length === 0) return undefined;
  return aboutCenter(parts.reduce(composeAffines), image.shape, spacingOf(image.affine));
}

/** A linear map of millimetres about the center, as one of indices: organs turn, they do not shear. */
export function aboutCenter(inMm: Affine, shape: Shape3, spacing: Shape3): Affine {
  const center = zipAxes(shape, spacing, (extent, size) => ((extent - 1) / 2) * size);
  const row = (axis: 0 | 1 | 2): Affine[number] => {
    const [d, h, w] = inMm[axis];
    const size = spacing[axis];
    const offset = center[axis] - d * center[0] - h * center[1] - w * center[2];
    return [
      (d * spacing[0]) / size,
      (h * spacing[1]) / size,
      (w * spacing[2]) / size,
      offset / size,
    ];
  };
  return [row(0), row(1), row(2)];
}
