import type { Tensor } from '../abi/tensor.js';
import { innermostFirst, narrowAll } from './arrangement.js';
import type { KernelCall } from './kernel-call.js';
import { kernel } from './register.js';

/** Registers kernels that move blocks between space and channels or batch. */
export function registerBlockKernels(): void {
  kernel('DepthToSpace', depthToSpace);
  kernel('SpaceToBatchND', spaceToBatch);
  kernel('BatchToSpaceND', batchToSpace);
}

function arranged(
  call: KernelCall,
  x: Tensor,
  open: readonly number[],
  order: readonly number[],
  shape: readonly number[],
): Tensor {
  const { ops } = call;
  return ops.clone(ops.reshape(ops.permute(ops.reshape(x, open), order), shape), null);
}

function depthToSpace(call: KernelCall): Tensor {
  const size = call.number('blockSize');
  const last = call.text('dataFormat', 'NHWC') === 'NHWC';
  const [batch = 1, ...rest] = call.shape('x');
  const [height = 1, width = 1, depth = 1] = last ? rest : [rest[1], rest[2], rest[0]];
  const channels = depth / (size * size);
  const x = call.kept('x');
  if (last) {
    const open = [batch, height, width, size, size, channels];
    const shape = [batch, height * size, width * size, channels];
    return arranged(call, x, open, [0, 1, 3, 2, 4, 5], shape);
  }
  const open = [batch, size, size, channels, height, width];
  const shape = [batch, channels, height * size, width * size];
  return arranged(call, x, open, [0, 3, 4, 1, 5, 2], shape);
}

function spaceToBatch(call: KernelCall): Tensor {
  const blocks = call.numbers('blockShape');
  const pairs = call.pairs('paddings');
  const [batch = 1, ...extents] = call.shape('x');
  const count = blocks.length;
  const tail = extents.slice(count);
  const none = tail.map((): [number, number] => [0, 0]);
  const amounts = innermostFirst([[0, 0], ...pairs, ...none]);
  const padded = call.ops.pad(call.kept('x'), amounts, 'constant', 0);
  const grid = blocks.map((block, axis) => {
    const [before, after] = pairs[axis] ?? [0, 0];
    return ((extents[axis] ?? 0) + before + after) / block;
  });
  const open = [batch, ...grid.flatMap((extent, axis) => [extent, blocks[axis] ?? 1]), ...tail];
  const order = [
    ...blocks.map((_, axis) => 2 * axis + 2),
    0,
    ...blocks.map((_, axis) => 2 * axis + 1),
    ...tail.map((_, axis) => 2 * count + 1 + axis),
  ];
  const product = blocks.reduce((total, block) => total * block, 1);
  return arranged(call, padded, open, order, [batch * product, ...grid, ...tail]);
}

function batchToSpace(call: KernelCall): Tensor {
  const blocks = call.numbers('blockShape');
  const crops = call.pairs('crops');
  const count = blocks.length;
  const product = blocks.reduce((total, block) => total * block, 1);
  const [all = 1, ...extents] = call.shape('x');
  const [grid, tail] = [extents.slice(0, count), extents.slice(count)];
  const batch = all / product;
  const order = [
    count,
    ...blocks.flatMap((_, axis) => [count + 1 + axis, axis]),
    ...tail.map((_, axis) => 2 * count + 1 + axis),
  ];
  const full = grid.map((extent, axis) => extent * (blocks[axis] ?? 1));
  const shape = [batch, ...full, ...tail];
  const whole = arranged(call, call.kept('x'), [...blocks, batch, ...grid, ...tail], order, shape);
  const begin = [0, ...crops.map(([first]) => first), ...tail.map(() => 0)];
  const cut = full.map((extent, axis) => {
    const [before, after] = crops[axis] ?? [0, 0];
    return extent - before - after;
  });
  return narrowAll(call, whole, shape, begin, [batch, ...cut, ...tail]);
}
