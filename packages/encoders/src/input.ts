import { volumeOf, VoxmimError, type EncoderGeometry, type TokenMask } from '@voxmim/core';
import type { Tensor5D } from '@tensorflow/tfjs-core';

/** @throws `SHAPE_MISMATCH` when `volumes` are not what the encoder was built for */
export function checkVolumes(volumes: Tensor5D, geometry: EncoderGeometry): void {
  const expected = [...geometry.inputShape, geometry.inChannels];
  if (expected.every((extent, axis) => volumes.shape[axis + 1] === extent)) return;
  throw new VoxmimError(
    'SHAPE_MISMATCH',
    `Volumes of shape [${volumes.shape.join(', ')}] do not fit an encoder for [B, ${expected.join(', ')}].`,
    'Crop or pad the volumes to the size the encoder was built for.',
    { expected: `[B, ${expected.join(', ')}]`, received: volumes.shape },
  );
}

/** @throws `SHAPE_MISMATCH` when `mask` is for another grid or batch */
export function checkMask(mask: TokenMask, volumes: Tensor5D, geometry: EncoderGeometry): void {
  const expected = [volumes.shape[0], ...geometry.gridShape];
  const received = [mask.batchSize, ...mask.gridShape];
  const tokens = mask.batchSize * volumeOf(geometry.gridShape);
  if (expected.join() === received.join() && mask.hidden.length === tokens) return;
  throw new VoxmimError(
    'SHAPE_MISMATCH',
    `A mask of [${received.join(', ')}] tokens does not fit the ${expected.join(' × ')} of the batch.`,
    'Draw the mask for the grid of the encoder, one sample per volume.',
    { expected: `[${expected.join(', ')}]`, received },
  );
}
