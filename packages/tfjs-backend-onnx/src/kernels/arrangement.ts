import { backend_util, slice_util, util } from '@tensorflow/tfjs-core';
import {
  cast,
  concat,
  pad,
  reshape,
  reverse,
  slice,
  stridedSlice,
  tile,
  transpose,
} from '../graph/layout.js';
import {
  axisChannelsFirst,
  channelsFirst,
  channelsLast,
  comesChannelsFirst,
  orderChannelsFirst,
} from '../graph/channels.js';
import { sizeOf, type Value } from '../graph/value.js';
import { elementType, hostFilled } from './creation.js';
import { int64s, record } from '../graph/recorder.js';
import type { KernelCall } from './kernel-call.js';
import { kernel, nativeKernel } from './register.js';

/** Registers kernels that move elements: transposes, slices, joins, paddings, tiles. */
export function registerArrangementKernels(): void {
  kernel('Transpose', (call) => transpose(call.input('x'), call.numbers('perm')));
  kernel('Reverse', (call) => {
    const x = call.input('x');
    return reverse(
      x,
      util.parseAxisParam(
        call.has('dims') ? call.perAxis('dims', 1) : x.shape.map((_, axis) => axis),
        [...x.shape],
      ),
    );
  });
  kernel('Tile', (call) => tile(call.input('x'), call.numbers('reps')));
  kernel('PadV2', (call) => {
    const pairs = call.pairs('paddings');
    const before = pairs.map(([first]) => first);
    const after = pairs.map(([, last]) => last);
    return pad(call.input('x'), before, after, call.number('constantValue', 0));
  });
  kernel('MirrorPad', mirrorPad);
  registerSlices();
  registerJoins();
  registerBlocks();
}

function registerSlices(): void {
  kernel('Slice', (call) => {
    const x = call.input('x');
    const [begin, size] = slice_util.parseSliceParams(
      call.info('x'),
      call.perAxis('begin', 1),
      call.has('size') ? call.perAxis('size', 1) : x.shape.map(() => -1),
    );
    slice_util.assertParamsValid(call.info('x'), begin ?? [], size ?? []);
    return comesChannelsFirst(x)
      ? channelsLast(
          slice(channelsFirst(x), orderChannelsFirst(begin ?? []), orderChannelsFirst(size ?? [])),
        )
      : slice(x, begin ?? [], size ?? []);
  });
  kernel('StridedSlice', (call) => {
    const x = call.input('x');
    const info = slice_util.sliceInfo(
      [...x.shape],
      call.numbers('begin'),
      call.numbers('end'),
      call.numbers('strides'),
      call.number('beginMask', 0),
      call.number('endMask', 0),
      call.number('ellipsisMask', 0),
      call.number('newAxisMask', 0),
      call.number('shrinkAxisMask', 0),
    );
    const size = slice_util
      .computeOutShape(info.begin, info.end, info.strides)
      .map((extent) => Math.max(0, extent));
    return reshape(stridedSlice(x, info.begin, size, info.strides), info.finalShape);
  });
}

function registerJoins(): void {
  kernel('Concat', (call) => {
    const values = call.list();
    const axis = util.parseAxisParam(call.number('axis'), [...(values[0]?.shape ?? [])])[0] ?? 0;
    backend_util.assertParamsConsistent(
      values.map((value) => [...value.shape]),
      axis,
    );
    const shape = backend_util.computeOutShape(
      values.map((value) => [...value.shape]),
      axis,
    );
    if (sizeOf(shape) === 0)
      return hostFilled(call, shape, elementType(values[0]?.dtype ?? 'float32'), () => 0);
    const filled = values.filter((value) => value.size > 0);
    if (!filled.some(comesChannelsFirst)) return concat(filled, axis);
    return channelsLast(concat(filled.map(channelsFirst), axisChannelsFirst(axis, shape.length)));
  });
  kernel('Pack', (call) => {
    const axis = call.number('axis');
    const values = call.list();
    for (const value of values) {
      util.assertShapesMatch(
        [...(values[0]?.shape ?? [])],
        [...value.shape],
        'the stacked tensors differ: ',
      );
      util.assert(value.dtype === values[0]?.dtype, () => 'the stacked tensors have several types');
    }
    const extended = values.map((value) => reshape(value, withAxis(value.shape, axis)));
    return concat(extended, axis < 0 ? axis + (extended[0]?.rank ?? 0) : axis);
  });
  kernel('Unpack', (call) => {
    const x = call.input('value');
    const axis = call.number('axis') < 0 ? call.number('axis') + x.rank : call.number('axis');
    const shape = x.shape.filter((_, index) => index !== axis);
    const parts = split(x, new Array<number>(x.shape[axis] ?? 0).fill(1), axis);
    return parts.map((part) => reshape(part, shape));
  });
  nativeKernel('SplitV', (call) => {
    const x = call.input('x');
    const axis = util.parseAxisParam(call.number('axis'), [...x.shape])[0] ?? 0;
    const given: unknown = call.attributes['numOrSizeSplits'];
    const sizes = typeof given === 'number' ? given : call.numbers('numOrSizeSplits');
    const parts = splitSizes(x, sizes, axis);
    return split(x, parts, axis).map((part) => call.backend.hold(part));
  });
}

function registerBlocks(): void {
  kernel('DepthToSpace', (call) => {
    const x = call.input('x');
    const size = call.number('blockSize');
    const last = call.text('dataFormat', 'NHWC') === 'NHWC';
    const [batch = 1, ...rest] = x.shape;
    const [height = 1, width = 1, depth = 1] = last ? rest : [rest[1], rest[2], rest[0]];
    const channels = depth / (size * size);
    if (last) {
      const blocks = reshape(x, [batch, height, width, size, size, channels]);
      return reshape(transpose(blocks, [0, 1, 3, 2, 4, 5]), [
        batch,
        height * size,
        width * size,
        channels,
      ]);
    }
    const blocks = reshape(x, [batch, size, size, channels, height, width]);
    return reshape(transpose(blocks, [0, 3, 4, 1, 5, 2]), [
      batch,
      channels,
      height * size,
      width * size,
    ]);
  });
  kernel('SpaceToBatchND', spaceToBatch);
  kernel('BatchToSpaceND', batchToSpace);
}

/** Parts along an axis, each a slice. */
export function split(x: Value, sizes: readonly number[], axis: number): Value[] {
  let start = 0;
  return sizes.map((extent) => {
    const begin = x.shape.map((_, index) => (index === axis ? start : 0));
    start += extent;
    return slice(
      x,
      begin,
      x.shape.map((full, index) => (index === axis ? extent : full)),
    );
  });
}

/** Sizes of the parts; a size of -1 stands for the rest. */
function splitSizes(x: Value, given: number | readonly number[], axis: number): number[] {
  const extent = x.shape[axis] ?? 0;
  if (typeof given === 'number') {
    util.assert(
      extent % given === 0,
      () => `${String(extent)} does not split into ${String(given)} equal parts`,
    );
    return new Array<number>(given).fill(extent / given);
  }
  const open = given.filter((size) => size < 0).length;
  const known = given.filter((size) => size >= 0).reduce((total, size) => total + size, 0);
  util.assert(
    open === 1 ? known <= extent : open === 0 && known === extent,
    () => `sizes [${given.join()}] do not split ${String(extent)}`,
  );
  return given.map((size) => (size < 0 ? extent - known : size));
}

function withAxis(shape: readonly number[], axis: number): number[] {
  const extended = [...shape];
  extended.splice(axis < 0 ? axis + shape.length + 1 : axis, 0, 1);
  return extended;
}

function mirrorPad(call: KernelCall): Value {
  const x = call.input('x');
  const pairs = call.pairs('paddings');
  if (call.text('mode') === 'symmetric') return symmetricPad(x, pairs);
  const shape = x.shape.map(
    (extent, axis) => extent + (pairs[axis]?.[0] ?? 0) + (pairs[axis]?.[1] ?? 0),
  );
  const amounts = int64s([...pairs.map(([before]) => before), ...pairs.map(([, after]) => after)]);
  if (x.dtype === 'float32')
    return record('Pad', [x, amounts], { dtype: x.dtype, shape }, { mode: 'reflect' });
  const wide = cast(x, 'float32');
  return cast(
    record('Pad', [wide, amounts], { dtype: 'float32', shape }, { mode: 'reflect' }),
    x.dtype,
  );
}

/** Mirrors with the edge repeated, which ONNX's padding cannot: one axis at a time, from reversed slices. */
function symmetricPad(x: Value, pairs: readonly (readonly [number, number])[]): Value {
  return pairs.reduce((padded, [before, after], axis) => {
    const extent = padded.shape[axis] ?? 0;
    const part = (start: number, size: number): Value => {
      const begin = padded.shape.map((_, index) => (index === axis ? start : 0));
      const sizes = padded.shape.map((full, index) => (index === axis ? size : full));
      return reverse(slice(padded, begin, sizes), [axis]);
    };
    const parts = [padded];
    if (before > 0) parts.unshift(part(0, before));
    if (after > 0) parts.push(part(extent - after, after));
    return concat(parts, axis);
  }, x);
}

function spaceToBatch(call: KernelCall): Value {
  const x = call.input('x');
  const blocks = call.numbers('blockShape');
  const pairs = call.pairs('paddings');
  const rest = x.rank - 1 - blocks.length;
  const none = new Array<number>(rest).fill(0);
  const before = [0, ...pairs.map(([first]) => first), ...none];
  const after = [0, ...pairs.map(([, last]) => last), ...none];
  const padded = pad(x, before, after);
  const count = blocks.length;
  const grid = blocks.map((block, index) => (padded.shape[index + 1] ?? 0) / block);
  const tail = padded.shape.slice(count + 1);
  const batch = x.shape[0] ?? 1;
  const open = reshape(padded, [
    batch,
    ...grid.flatMap((extent, index) => [extent, blocks[index] ?? 1]),
    ...tail,
  ]);
  const order = [
    ...blocks.map((_, index) => 2 * index + 2),
    0,
    ...blocks.map((_, index) => 2 * index + 1),
    ...tail.map((_, index) => 2 * count + 1 + index),
  ];
  const product = blocks.reduce((total, block) => total * block, 1);
  return reshape(transpose(open, order), [batch * product, ...grid, ...tail]);
}

function batchToSpace(call: KernelCall): Value {
  const x = call.input('x');
  const blocks = call.numbers('blockShape');
  const crops = call.pairs('crops');
  const count = blocks.length;
  const product = blocks.reduce((total, block) => total * block, 1);
  const batch = (x.shape[0] ?? 1) / product;
  const grid = x.shape.slice(1, count + 1);
  const tail = x.shape.slice(count + 1);
  const open = reshape(x, [...blocks, batch, ...grid, ...tail]);
  const order = [
    count,
    ...blocks.flatMap((_, index) => [count + 1 + index, index]),
    ...tail.map((_, index) => 2 * count + 1 + index),
  ];
  const full = grid.map((extent, index) => extent * (blocks[index] ?? 1));
  const whole = reshape(transpose(open, order), [batch, ...full, ...tail]);
  const begin = [0, ...crops.map(([first]) => first), ...tail.map(() => 0)];
  const size = [
    batch,
    ...full.map((extent, index) => extent - (crops[index]?.[0] ?? 0) - (crops[index]?.[1] ?? 0)),
    ...tail,
  ];
  return slice(whole, begin, size);
}
