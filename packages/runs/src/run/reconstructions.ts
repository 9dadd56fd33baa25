import {
  composeAffines,
  mapAxes,
  tile,
  type Affine,
  type MaskedObjective,
  type Shape3,
  type Volume,
} from '@voxmim/core';
import { outputPath } from '@voxmim/core/node';
import { writeVolume } from '@voxmim/formats/node';

import type { MaskedBatch } from '../batches/masked-batches.js';
import { judgePrediction, type FeatureMap } from './judged-prediction.js';

/**
 * Writes what a masked objective makes of a batch as NIfTI files, three per crop:
 * `<n>-<case>-input`, `-prediction` (visible voxels are the input's own) and `-hidden` (one
 * voxel per token, 1 where the encoder saw nothing). Intensities are the prepared ones.
 *
 * Where no intensities are predicted, `-prediction` holds what is, zero where nothing was hidden,
 * beside a `-target`; their grid may be coarser.
 */
export async function writeReconstructions(
  folder: string,
  objective: MaskedObjective,
  batch: MaskedBatch,
): Promise<void> {
  const { shape, voxels, mask, sampleIds, affines } = batch;
  const { truth, guess, isVoxels } = await judgePrediction(objective, batch);
  const crop: Shape3 = [shape[1], shape[2], shape[3]];
  for (const [index, id] of sampleIds.entries()) {
    const affine = affines[index];
    if (affine === undefined) continue;
    const pathOf = (what: string) => outputPath(folder, `${index}-${id}`, `-${what}.nii.gz`);
    const write = async (what: string, map: FeatureMap) => {
      const volume = sampleOf(map, index, crop, affine);
      await writeVolume(pathOf(what), volume, { kind: 'image', ownerOnly: true });
    };
    await write('input', { values: voxels, shape });
    if (!isVoxels) await write('target', truth);
    await write('prediction', { values: guess, shape: truth.shape });
    const tokens = mask.hidden.length / mask.batchSize;
    const flags = mask.hidden.slice(index * tokens, (index + 1) * tokens);
    const hidden = { ...gridOver(mask.gridShape, crop, affine), data: flags, channels: 1 };
    await writeVolume(pathOf('hidden'), hidden, { kind: 'labels', ownerOnly: true });
  }
}

/** One sample of a map over the crop. */
function sampleOf(
  { values, shape: [count, depth, height, width, channels] }: FeatureMap,
  index: number,
  crop: Shape3,
  affine: Affine,
): Volume {
  const size = values.length / count;
  const data = values.slice(index * size, (index + 1) * size);
  return { ...gridOver([depth, height, width], crop, affine), data, channels };
}

/** A grid whose cells tile the crop: one voxel per cell, in its place. */
function gridOver(shape: Shape3, crop: Shape3, affine: Affine): { shape: Shape3; affine: Affine } {
  const cell = tile(crop, shape);
  const [d, h, w] = mapAxes(cell, (extent) => (extent - 1) / 2);
  const toVoxels: Affine = [
    [cell[0], 0, 0, d],
    [0, cell[1], 0, h],
    [0, 0, cell[2], w],
  ];
  return { shape, affine: composeAffines(affine, toVoxels) };
}
