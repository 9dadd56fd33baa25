import { VoxmimError, type Shape3, type Volume } from '@voxmim/core';
import { type Box, boundingBox } from '@voxmim/volumes';

/** The letters of axes as users of images know them: x is the one along which voxels follow each other. */
const AXES = ['z', 'y', 'x'] as const;

/** First voxel and the one behind the last along an axis. */
type Stretch = readonly [from: number, to: number];

/** Where a volume is segmented: what is not 0 in it, or a box; an axis without a stretch is taken whole. */
export type RegionOfInterest =
  | { readonly kind: 'nonzero' }
  | ({ readonly kind: 'box' } & { readonly [Axis in (typeof AXES)[number]]?: Stretch });

/**
 * Reads `nonzero`, or a box such as `x=10:90,y=0:64,z=20:40`: voxels of the image counted from 0, the
 * last one of each axis left out.
 *
 * @throws `INVALID_CONFIG`
 */
export function parseRegion(text: string): RegionOfInterest {
  if (text.trim() === 'nonzero') return { kind: 'nonzero' };
  const found = new Map<string, Stretch>();
  for (const part of text.split(',')) {
    const [, axis = '', from, to] = /^\s*([xyz])\s*=\s*(\d+)\s*:\s*(\d+)\s*$/.exec(part) ?? [];
    const stretch: Stretch = [Number(from), Number(to)];
    if (axis === '' || found.has(axis) || !(stretch[0] < stretch[1])) throw noRegion(text);
    found.set(axis, stretch);
  }
  return { kind: 'box', ...Object.fromEntries(found) };
}

/**
 * The box of an image that a region means; what reaches beyond the image is left out.
 *
 * @param origin names the image
 * @throws `INVALID_DATA` where the image has nothing of the region
 */
export function boxOf(region: RegionOfInterest, image: Volume, origin: string): Box {
  const box = region.kind === 'nonzero' ? nonzeroBox(image) : boxWithin(region, image.shape);
  if (box) return box;
  throw new VoxmimError(
    'INVALID_DATA',
    `${origin} has nothing of the region of interest: it has ${sizes(image.shape)} voxels.`,
    'Give a box within the image by --roi, counted from 0.',
    { path: origin, reason: 'region outside of the image' },
  );
}

function nonzeroBox(image: Volume): Box | undefined {
  return boundingBox(image, (value) => value !== 0);
}

function boxWithin(
  region: Extract<RegionOfInterest, { kind: 'box' }>,
  shape: Shape3,
): Box | undefined {
  const [depth, height, width] = AXES.map((axis, at) => {
    const extent = shape[at] ?? 0;
    const [from, to] = region[axis] ?? [0, extent];
    return { from, count: Math.min(to, extent) - from };
  });
  if (!depth || !height || !width) return undefined;
  if (Math.min(depth.count, height.count, width.count) <= 0) return undefined;
  return {
    origin: [depth.from, height.from, width.from],
    shape: [depth.count, height.count, width.count],
  };
}

function sizes([depth, height, width]: Shape3): string {
  return `x ${width}, y ${height}, z ${depth}`;
}

function noRegion(text: string): VoxmimError<'INVALID_CONFIG'> {
  return new VoxmimError(
    'INVALID_CONFIG',
    `--roi ${JSON.stringify(text)} names no region.`,
    'Give nonzero, or a box such as x=10:90,y=0:64,z=20:40: first voxel and the one behind the last.',
    { path: 'roi', received: text },
  );
}
