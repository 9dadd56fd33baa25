import { type Random, type Shape3, type Volume, type VoxelArray } from '@voxmim/core';
import { z } from 'zod';

import { allocateLike } from '../geometry/allocate.js';

const probability = z.number().min(0).max(1);

/** What may happen to a crop in training. Defaults are the paper's for supervised training. */
export const AugmentationConfig = z.strictObject({
  flip: probability.default(0.1).describe('Probability of mirroring, for each axis by itself.'),
  rotate90: probability
    .default(0.1)
    .describe('Probability of a quarter, half or three-quarter turn in a plane of equal sides.'),
  shiftProbability: probability.default(0.5).describe('Probability of an intensity shift.'),
  shift: z.number().min(0).default(0.1).describe('Largest shift, in normalized intensity.'),
  scaleProbability: probability.default(0).describe('Probability of an intensity scaling.'),
  scale: z.number().min(0).default(0.1).describe('Largest relative scaling.'),
  noiseProbability: probability.default(0).describe('Probability of Gaussian noise.'),
  noise: z.number().min(0).default(0.1).describe('Largest standard deviation of the noise.'),
});
export type AugmentationConfig = z.infer<typeof AugmentationConfig>;

/** A crop in training: an image, and its labels where there are any. */
export interface Sample {
  readonly image: Volume<Float32Array>;
  readonly labels?: Volume<Uint8Array>;
}

/**
 * Changes a crop at random, image and labels alike. The affine is left as it was: after a flip it no
 * longer tells the place in the world.
 *
 * Source: arXiv:2204.11716's list for BTCV (flips, quarter turns, intensity shift); MONAI `RandFlip`,
 * `RandRotate90`, `RandShiftIntensity`.
 */
export function augment(sample: Sample, config: AugmentationConfig, random: Random): Sample {
  const symmetry = drawSymmetry(sample.image.shape, config, random);
  const moved = symmetry ? move(sample, symmetry) : sample;
  return { ...moved, image: changeIntensity(moved.image, config, random) };
}

/** A flip of each axis, and a permutation of two. */
interface Symmetry {
  readonly flips: readonly [boolean, boolean, boolean];
  readonly swap: readonly [0 | 1 | 2, 0 | 1 | 2] | undefined;
}

function drawSymmetry(
  shape: Shape3,
  { flip, rotate90 }: AugmentationConfig,
  random: Random,
): Symmetry | undefined {
  const flips: [boolean, boolean, boolean] = [
    random.uniform() < flip,
    random.uniform() < flip,
    random.uniform() < flip,
  ];
  const planes = (
    [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const
  ).filter(([a, b]) => shape[a] === shape[b]);
  const isTurned = random.uniform() < rotate90;
  const plane = planes.at(random.integer(Math.max(1, planes.length)));
  const turns = 1 + random.integer(3);
  if (!isTurned || !plane) return flips.includes(true) ? { flips, swap: undefined } : undefined;
  // A turn by 90° is a transposition and one flip, by 180° two flips, by 270° the other flip.
  const [first, second] = plane;
  if (turns !== 3) flips[first] = !flips[first];
  if (turns !== 1) flips[second] = !flips[second];
  return { flips, swap: turns === 2 ? undefined : plane };
}

function move({ image, labels }: Sample, symmetry: Symmetry): Sample {
  const moved = { image: applySymmetry(image, symmetry) };
  return labels ? { ...moved, labels: applySymmetry(labels, symmetry) } : moved;
}

function applySymmetry<Voxels extends VoxelArray>(
  volume: Volume<Voxels>,
  { flips, swap }: Symmetry,
): Volume<Voxels> {
  const { data, shape, channels } = volume;
  const [depth, height, width] = shape;
  const strides = [height * width, width, 1].map((stride) => stride * channels);
  if (swap) [strides[swap[0]], strides[swap[1]]] = [strides[swap[1]], strides[swap[0]]];
  const start = flips.reduce(
    (sum, isFlipped, axis) => sum + (isFlipped ? (shape[axis] - 1) * strides[axis] : 0),
    0,
  );
  const [stepD, stepH, stepW] = strides.map((stride, axis) => (flips[axis] ? -stride : stride));
  const moved = allocateLike(data, data.length);
  let target = 0;
  for (let d = 0; d < depth; d++) {
    for (let h = 0; h < height; h++) {
      let source = start + d * stepD + h * stepH;
      for (let w = 0; w < width; w++) {
        for (let c = 0; c < channels; c++) moved[target++] = data[source + c]!;
        source += stepW;
      }
    }
  }
  return { ...volume, data: moved };
}

function changeIntensity(
  image: Volume<Float32Array>,
  config: AugmentationConfig,
  random: Random,
): Volume<Float32Array> {
  const isChosen = (chance: number) => random.uniform() < chance;
  const symmetric = (size: number) => (random.uniform() * 2 - 1) * size;
  const shift = isChosen(config.shiftProbability) ? symmetric(config.shift) : 0;
  const scale = isChosen(config.scaleProbability) ? 1 + symmetric(config.scale) : 1;
  const noise = isChosen(config.noiseProbability) ? random.uniform() * config.noise : 0;
  if (shift === 0 && scale === 1 && noise === 0) return image;
  const data = Float32Array.from(image.data, (value) => value * scale + shift);
  if (noise > 0)
    for (let index = 0; index < data.length; index++) data[index] += random.normal() * noise;
  return { ...image, data };
}
