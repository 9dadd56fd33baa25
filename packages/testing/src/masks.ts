import {
  permutation,
  volumeOf,
  zipAxes,
  type Random,
  type Shape3,
  type TokenMask,
} from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

/** A mask that hides `hiddenCount` random tokens of each sample, others in each. */
export function randomTokenMask(
  gridShape: Shape3,
  batchSize: number,
  hiddenCount: number,
  random: Random,
): TokenMask {
  const tokens = volumeOf(gridShape);
  const drawn = Array.from({ length: batchSize }, (_, sample) =>
    permutation(tokens, random.stream(sample)),
  );
  const ids = (from: number, to: number) =>
    Int32Array.from(drawn.flatMap((order) => [...order.subarray(from, to).sort()]));
  const hidden = new Uint8Array(batchSize * tokens);
  const hiddenIds = ids(0, hiddenCount);
  hiddenIds.forEach((id, index) => {
    hidden[Math.floor(index / hiddenCount) * tokens + id] = 1;
  });
  return { batchSize, gridShape, hidden, hiddenIds, visibleIds: ids(hiddenCount, tokens) };
}

/** The hidden flags of a mask for each voxel: `[B, D, H, W, 1]`. */
export function hiddenVoxels(mask: TokenMask, patchSize: Shape3): tf.Tensor5D {
  const { batchSize, gridShape, hidden } = mask;
  const [depth, height, width] = zipAxes(gridShape, patchSize, (extent, size) => extent * size);
  const tokens = volumeOf(gridShape);
  const flags = new Float32Array(batchSize * depth * height * width);
  for (let index = 0; index < flags.length; index++) {
    const row = Math.floor(index / width);
    const plane = Math.floor(row / height);
    const cellDepth = Math.floor((plane % depth) / patchSize[0]);
    const cellHeight = Math.floor((row % height) / patchSize[1]);
    const cellWidth = Math.floor((index % width) / patchSize[2]);
    const cell = (cellDepth * gridShape[1] + cellHeight) * gridShape[2] + cellWidth;
    flags[index] = hidden[Math.floor(plane / depth) * tokens + cell] ?? 0;
  }
  return tf.tensor5d(flags, [batchSize, depth, height, width, 1]);
}
