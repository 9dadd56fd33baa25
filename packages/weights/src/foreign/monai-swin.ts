import type { Shape3 } from '@voxmim/core';

import type { StoredTensor } from '../safetensors/stored-tensor.js';
import { type ForeignReader, mapTensors } from './foreign-weights.js';
import { permute } from './permute.js';
import { reverseKernel, reversePatches } from './reverse-axes.js';

const MARKER = /^(.*)layers1\.0\.blocks\.0\.attn\.relative_position_bias_table$/;
const WEIGHT = 'encoder.patch_embed.proj.weight';
/** Of what a merge reads at each offset, in the order in which MONAI's `PatchMerging` stacks it. */
const OFFSETS: readonly Shape3[] = [
  [0, 0, 0],
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [1, 1, 0],
  [1, 0, 1],
  [0, 1, 1],
  [1, 1, 1],
];
/** Where the offset that we stack at a place, `[z, y, x]` and x fastest, stands in MONAI's order. */
const PLACES = Array.from({ length: 8 }, (_, place) => {
  const ours = [place & 1, (place >> 1) & 1, place >> 2]; // as [x, y, z]
  return OFFSETS.findIndex((offset) => offset.join() === ours.join());
});

/**
 * MONAI's `SwinTransformer` with its default merging, alone or in a `SwinUNETR` (whose head then comes
 * under `head.`). Windows must be cubes. Before MONAI 1.0 a merge read some offsets twice and others
 * never; weights trained so are read as if it had not.
 */
export const fromMonaiSwin: ForeignReader = (tensors, target) => {
  const prefix = [...tensors.keys()].flatMap((name) => MARKER.exec(name)?.[1] ?? [])[0];
  if (prefix === undefined) return undefined;
  const renamed = mapTensors(
    tensors,
    (name) => renameIn(name, prefix),
    (tensor, name) =>
      name === WEIGHT ? reversePatches(tensor, target.patchSize) : converted(tensor, name),
  );
  const values = renamed.get(WEIGHT)?.shape[1] ?? 0;
  const inChannels = values / target.patchSize.reduce((product, extent) => product * extent, 1);
  return {
    origin: prefix === '' ? 'MONAI SwinTransformer' : 'MONAI SwinUNETR',
    tensors: renamed,
    // Nothing in a Swin depends on the grid.
    geometry: { gridShape: target.gridShape, inChannels },
  };
};

function renameIn(name: string, prefix: string): string | undefined {
  if (name.endsWith('relative_position_index')) return undefined;
  if (!name.startsWith(prefix)) return `head.${name}`;
  const own = name
    .slice(prefix.length)
    .replace(/^layers(\d)(c?)\.0\./, (_, stage: string, residual: string) =>
      residual ? `layers.${Number(stage) - 1}.residual.` : `layers.${Number(stage) - 1}.`,
    )
    .replace('.mlp.linear1.', '.mlp.fc1.')
    .replace('.mlp.linear2.', '.mlp.fc2.');
  return `encoder.${own}`;
}

function converted(tensor: StoredTensor, name: string): StoredTensor | undefined {
  if (name.endsWith('relative_position_bias_table')) return reverseTable(tensor);
  if (/\.downsample\.(reduction|norm)\./.test(name)) return reorderMerge(tensor);
  return tensor.shape.length === 5 ? reverseKernel(tensor) : tensor;
}

/** `[(2 w − 1)³, heads]`, its offsets from `[x, y, z]` to `[z, y, x]`. */
function reverseTable(table: StoredTensor): StoredTensor | undefined {
  const [offsets = 0, heads = 1] = table.shape;
  const span = Math.round(Math.cbrt(offsets));
  const moved = permute(table, [span, span, span, heads], [2, 1, 0, 3]);
  return moved && { shape: table.shape, values: moved.values };
}

/** `[…, 8 C]`: the eight parts that a merge stacks, from MONAI's order to ours. */
function reorderMerge(tensor: StoredTensor): StoredTensor {
  const width = tensor.shape.at(-1) ?? 0;
  const part = width / 8;
  const values = Float32Array.from(tensor.values, (_, index) => {
    const column = index % width;
    const source = (PLACES[Math.floor(column / part)] ?? 0) * part + (column % part);
    return tensor.values[index - column + source] ?? NaN;
  });
  return { shape: tensor.shape, values };
}
