import { type Affine, spacingOf } from '@voxmim/core';

/** Sizes of voxels that occur, from microscopy to a scout of the whole body, mm. */
const [SMALLEST, LARGEST] = [1e-6, 1e4];

/** Axes whose parallelepiped has less of the volume of a box with its edges than this span no space. */
const FLAT = 1e-3;

/** What is wrong with the grid of a volume, in words; undefined where its axes span space. */
export function gridFault(affine: Affine): string | undefined {
  if (!affine.flat().every(Number.isFinite)) return 'is not finite';
  const sizes = spacingOf(affine);
  if (sizes.some((size) => !(size >= SMALLEST && size <= LARGEST))) {
    return `has voxels of ${sizes.map((size) => Number(size.toPrecision(4))).join(' × ')} mm`;
  }
  const [[a, b, c], [d, e, f], [g, h, i]] = affine;
  const volume = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const box = sizes[0] * sizes[1] * sizes[2];
  return Math.abs(volume) < FLAT * box ? 'has axes that do not span space' : undefined;
}
