import type { EncoderGeometry } from '@voxmim/core';

import type { StoredTensor } from '../safetensors/stored-tensor.js';
import { type ForeignReader, mapTensors } from './foreign-weights.js';
import { gridOf, reverseKernel, reversePatches, reversePositions } from './reverse-axes.js';

const MARKER = 'patch_embedding.position_embeddings';
const WEIGHT = 'encoder.patch_embed.proj.weight';

const RENAMES: readonly (readonly [RegExp, string])[] = [
  [/^patch_embedding\.patch_embeddings\.(1\.)?/, 'patch_embed.proj.'],
  [/^patch_embedding\.position_embeddings$/, 'pos_embed'],
  [/\.attn\.out_proj\./, '.attn.proj.'],
  [/\.mlp\.linear1\./, '.mlp.fc1.'],
  [/\.mlp\.linear2\./, '.mlp.fc2.'],
];
/** Built by MONAI and used by none of what we read. */
const UNUSED =
  /(^|\.)(patch_embedding\.cls_token|cross_attn\..*|norm_cross_attn\..*|classification_head\..*)$/;

/**
 * MONAI's `ViT`, alone, in a `UNETR` (whose head then comes under `head.`), or in the MAE and SimMIM of
 * MIM-Med3D (whose decoders and mask tokens stay under their own names). The class token of
 * `classification` has no position there; transfer gives it zeros here, which is the same.
 */
export const fromMonaiVit: ForeignReader = (tensors, target) => {
  const marker = [...tensors.keys()].find((name) => name.endsWith(MARKER));
  const positions = marker === undefined ? undefined : tensors.get(marker);
  if (marker === undefined || !positions) return undefined;
  const prefix = marker.slice(0, -MARKER.length);
  const grid = gridOf(positions.shape.at(-2) ?? 0, target.gridShape);
  const renamed = mapTensors(
    tensors,
    (name) => renameIn(name, prefix),
    (tensor, name) => converted(tensor, name, target, grid),
  );
  const values = renamed.get(WEIGHT)?.shape[1] ?? 0;
  const inChannels = values / target.patchSize.reduce((product, extent) => product * extent, 1);
  return {
    origin: prefix === 'vit.' ? 'MONAI UNETR' : 'MONAI ViT',
    tensors: renamed,
    ...(grid && { geometry: { gridShape: grid, inChannels } }),
  };
};

function renameIn(name: string, prefix: string): string | undefined {
  if (UNUSED.test(name)) return undefined;
  if (!name.startsWith(prefix))
    return /^(encoder\d|decoder\d|out)\./.test(name) ? `head.${name}` : name;
  const own = RENAMES.reduce(
    (text, [from, to]) => text.replace(from, to),
    name.slice(prefix.length),
  );
  return `encoder.${own}`;
}

function converted(
  tensor: StoredTensor,
  name: string,
  { patchSize }: EncoderGeometry,
  grid: EncoderGeometry['gridShape'] | undefined,
): StoredTensor | undefined {
  if (name === WEIGHT) return reversePatches(tensor, patchSize);
  if (name === 'encoder.pos_embed') return grid && reversePositions(tensor, grid);
  return tensor.shape.length === 5 ? reverseKernel(tensor) : tensor;
}
