import { type Affine, type Shape3, type Vector3, type Volume, type VoxelArray } from '@voxmim/core';

import { allocateLike } from './allocate.js';
import { directionsOf, parseAxisCodes } from './orientation.js';

/**
 * Permutes and flips axes until the grid has the given axis codes. No interpolation: every voxel
 * keeps its value and its place in the world. Returns the volume itself when nothing changes.
 *
 * @param codes such as `RAS`; see `axisCodes`
 * @throws `INVALID_CONFIG`
 */
export function reorient<Voxels extends VoxelArray>(
  volume: Volume<Voxels>,
  codes: string,
): Volume<Voxels> {
  const current = directionsOf(volume.affine);
  const steps = parseAxisCodes(codes).map(({ world, sign }) => {
    const from = current.findIndex((direction) => direction.world === world) as 0 | 1 | 2;
    return { from, isFlipped: current[from].sign !== sign };
  });
  if (steps.every(({ from, isFlipped }, axis) => from === axis && !isFlipped)) return volume;
  return permute(volume, steps);
}

interface AxisStep {
  readonly from: 0 | 1 | 2;
  readonly isFlipped: boolean;
}

function permute<Voxels extends VoxelArray>(
  volume: Volume<Voxels>,
  steps: readonly AxisStep[],
): Volume<Voxels> {
  const [depth, height, width] = steps as [AxisStep, AxisStep, AxisStep];
  const old = volume.shape;
  const shape: Shape3 = [old[depth.from], old[height.from], old[width.from]];
  const oldStrides: Shape3 = [old[1] * old[2], old[2], 1];
  const stride = ({ from, isFlipped }: AxisStep) => oldStrides[from] * (isFlipped ? -1 : 1);
  const start = steps
    .filter(({ isFlipped }) => isFlipped)
    .reduce((sum, { from }) => sum + (old[from] - 1) * oldStrides[from], 0);
  return {
    data: gather(volume, shape, [stride(depth), stride(height), stride(width)], start),
    shape,
    channels: volume.channels,
    affine: permutedAffine(volume.affine, old, [depth, height, width]),
  };
}

function gather<Voxels extends VoxelArray>(
  { data, channels }: Volume<Voxels>,
  [depth, height, width]: Shape3,
  [strideD, strideH, strideW]: Vector3,
  start: number,
): Voxels {
  const moved = allocateLike(data, data.length);
  let target = 0;
  for (let d = 0; d < depth; d++) {
    for (let h = 0; h < height; h++) {
      let source = (start + d * strideD + h * strideH) * channels;
      for (let w = 0; w < width; w++) {
        for (let c = 0; c < channels; c++) moved[target++] = data[source + c]!;
        source += strideW * channels;
      }
    }
  }
  return moved;
}

function permutedAffine(
  affine: Affine,
  old: Shape3,
  [depth, height, width]: readonly [AxisStep, AxisStep, AxisStep],
): Affine {
  const row = (cells: Affine[number]): Affine[number] => {
    const column = ({ from, isFlipped }: AxisStep) => (isFlipped ? -cells[from] : cells[from]);
    const offset = [depth, height, width]
      .filter(({ isFlipped }) => isFlipped)
      .reduce((sum, { from }) => sum + cells[from] * (old[from] - 1), cells[3]);
    return [column(depth), column(height), column(width), offset];
  };
  return [row(affine[0]), row(affine[1]), row(affine[2])];
}
