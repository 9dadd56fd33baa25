import {
  composeAffines,
  mapAxes,
  tile,
  volumeOf,
  type Affine,
  type MaskedObjective,
  type Shape3,
  type Volume,
} from '@voxmim/core';
import { writeVolume } from '@voxmim/data/node';
import * as tf from '@tensorflow/tfjs-core';

import type { MaskedBatch } from '../data/masked-batches.js';
import type { RunFolder } from './run-folder.js';

/**
 * Writes what a masked objective makes of a batch as NIfTI files, three per crop:
 * `<n>-<case>-input`, `-prediction` (visible voxels are the input's own) and `-hidden` (one
 * voxel per token, 1 where the encoder saw nothing). Intensities are the prepared ones.
 */
export async function writeReconstructions(
  folder: RunFolder,
  objective: MaskedObjective,
  { shape, voxels, mask, sampleIds, affines }: MaskedBatch,
): Promise<void> {
  const prediction = tf.tidy(() => objective.reconstruct(tf.tensor5d(voxels, shape), mask).volumes);
  const predicted = await prediction.data<'float32'>();
  prediction.dispose();
  const crop: Shape3 = [shape[1], shape[2], shape[3]];
  const channels = shape[4];
  const size = volumeOf(crop) * channels;
  for (const [index, id] of sampleIds.entries()) {
    const affine = affines[index];
    if (affine === undefined) continue;
    const path = (what: string) => folder.path('reconstructions', `${index}-${id}-${what}.nii.gz`);
    const image = (data: Float32Array): Volume => ({
      data: data.slice(index * size, (index + 1) * size),
      shape: crop,
      channels,
      affine,
    });
    await writeVolume(path('input'), image(voxels), { kind: 'image' });
    await writeVolume(path('prediction'), image(predicted), { kind: 'image' });
    const tokens = mask.hidden.length / mask.batchSize;
    const flags = mask.hidden.slice(index * tokens, (index + 1) * tokens);
    const hidden = tokenVolume(flags, mask.gridShape, crop, affine);
    await writeVolume(path('hidden'), hidden, { kind: 'labels' });
  }
}

/** One voxel per token, in the place of the token. */
function tokenVolume(
  data: Uint8Array,
  gridShape: Shape3,
  crop: Shape3,
  affine: Affine,
): Volume<Uint8Array> {
  const patch = tile(crop, gridShape);
  const [d, h, w] = mapAxes(patch, (extent) => (extent - 1) / 2);
  const toVoxels: Affine = [
    [patch[0], 0, 0, d],
    [0, patch[1], 0, h],
    [0, 0, patch[2], w],
  ];
  return { data, shape: gridShape, channels: 1, affine: composeAffines(affine, toVoxels) };
}
