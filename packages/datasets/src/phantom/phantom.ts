import {
  type Affine,
  affineOf,
  createRandom,
  type Random,
  type Shape3,
  type Spacing3,
  type Vector3,
  type Volume,
  volumeOf,
} from '@voxmim/core';

import { reorient } from '@voxmim/volumes';
import { anatomy, type Organ } from './anatomy.js';
import { smoothField } from './smooth-field.js';

/** What a phantom looks like; the same options give the same volume. */
export interface PhantomOptions {
  readonly seed: number;
  /** Which patient of the seed. */
  readonly index: number;
}

/** A synthetic CT and its truth. */
export interface Phantom {
  /** Hounsfield units. */
  readonly image: Volume<Int16Array>;
  readonly labels: Volume<Uint8Array>;
}

const ORIENTATIONS = ['RAS', 'LPS', 'LAS', 'RPI'];

/**
 * A synthetic abdominal CT: a body with organs whose size, place and shape vary together, tissue
 * texture, partial volume, and scanner noise; spacing, field of view and orientation vary as they do
 * between hospitals. Several organs share intensities, so that place and shape must be learned.
 */
export function createPhantom({ seed, index }: PhantomOptions): Phantom {
  const random = createRandom(seed, 'phantom', index);
  const spacing: Spacing3 = [
    5 + random.uniform() * 1.5,
    4.5 + random.uniform(),
    4.5 + random.uniform(),
  ];
  const shape: Shape3 = [44 + random.integer(9), 50 + random.integer(9), 60 + random.integer(9)];
  const affine = centeredAffine(shape, spacing, random);
  const { labels, intensities } = paint(shape, affine, random.stream('anatomy'));
  const image = scan(intensities, shape, random.stream('scanner'));
  const codes = ORIENTATIONS[random.integer(ORIENTATIONS.length)] ?? 'RAS';
  const grid = { shape, channels: 1, affine };
  return {
    image: reorient({ ...grid, data: image }, codes),
    labels: reorient({ ...grid, data: labels }, codes),
  };
}

function centeredAffine(shape: Shape3, spacing: Spacing3, random: Random): Affine {
  const offset = (axis: 0 | 1 | 2) =>
    (-(shape[axis] - 1) / 2) * spacing[axis] + (random.uniform() - 0.5) * 20;
  return affineOf(spacing, [offset(2), offset(1), offset(0)]);
}

interface Painting {
  readonly labels: Uint8Array;
  readonly intensities: Float32Array;
}

/** Where the organs are: later ones cover earlier ones. */
function paint(shape: Shape3, affine: Affine, random: Random): Painting {
  const organs = anatomy(random);
  const warp = [0, 1, 2].map((axis) => smoothField(shape, 12, 7, random.stream('warp', axis)));
  const texture = smoothField(shape, 3, 1, random.stream('texture'));
  const labels = new Uint8Array(volumeOf(shape));
  const intensities = new Float32Array(labels.length);
  let voxel = 0;
  for (let d = 0; d < shape[0]; d++) {
    for (let h = 0; h < shape[1]; h++) {
      for (let w = 0; w < shape[2]; w++, voxel++) {
        const point: Vector3 = [
          affine[0][2] * w + affine[0][3] + warp[0][voxel],
          affine[1][1] * h + affine[1][3] + warp[1][voxel],
          affine[2][0] * d + affine[2][3] + warp[2][voxel],
        ];
        const organ = organAt(organs, point);
        labels[voxel] = organ?.label ?? 0;
        intensities[voxel] = organ ? organ.hu + organ.textureHu * texture[voxel] : -1000;
      }
    }
  }
  return { labels, intensities };
}

function organAt(organs: readonly Organ[], point: Vector3): Organ | undefined {
  for (let index = organs.length - 1; index >= 0; index--) {
    if (organs[index].contains(point)) return organs[index];
  }
  return undefined;
}

/** Blurs across voxels (partial volume), adds correlated noise, and rounds to whole HU. */
function scan(intensities: Float32Array, shape: Shape3, random: Random): Int16Array {
  const blurred = blur(blur(blur(intensities, shape, 0), shape, 1), shape, 2);
  const noiseHu = 14 + random.uniform() * 14;
  const grain = smoothField(shape, 1, noiseHu, random.stream('noise'));
  const image = new Int16Array(blurred.length);
  for (let index = 0; index < image.length; index++) {
    const hu = blurred[index] + grain[index];
    image[index] = hu < -1024 ? -1024 : hu > 3071 ? 3071 : hu < 0 ? hu - 0.5 : hu + 0.5; // truncates
  }
  return image;
}

/** A three-tap binomial filter along one axis. */
function blur(values: Float32Array, shape: Shape3, axis: 0 | 1 | 2): Float32Array {
  const stride = [shape[1] * shape[2], shape[2], 1][axis];
  const extent = shape[axis];
  const result = new Float32Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const position = ((index / stride) | 0) % extent;
    const before = position > 0 ? values[index - stride] : values[index];
    const after = position < extent - 1 ? values[index + stride] : values[index];
    result[index] = 0.25 * before + 0.5 * values[index] + 0.25 * after;
  }
  return result;
}
