import { backend_util, slice_util, util } from '@tensorflow/tfjs-core';

import type { Tensor } from '../abi/tensor.js';
import { runOnCpu } from './cpu-kernel.js';
import type { KernelCall } from './kernel-call.js';
import { kernel, nativeKernel } from './register.js';

/** Registers kernels that move elements: transposes, slices, joins, paddings, tiles. */
export function registerArrangementKernels(): void {
  kernel('Transpose', (call) => call.ops.permute(call.kept('x'), call.numbers('perm')), 'x');
  kernel('Reverse', (call) => {
    const shape = [...call.shape('x')];
    const dims = call.has('dims') ? call.perAxis('dims', 1) : shape.map((_, axis) => axis);
    return call.ops.flip(call.kept('x'), util.parseAxisParam(dims, shape));
  });
  kernel('Tile', (call) => call.ops.repeat(call.kept('x'), call.numbers('reps')));
  kernel('PadV2', (call) =>
    call.ops.pad(
      call.kept('x'),
      innermostFirst(call.pairs('paddings')),
      'constant',
      call.number('constantValue', 0),
    ),
  );
  kernel('MirrorPad', mirrorPad);
  registerSlices();
  registerJoins();
}

/** Pairs per axis as ATen lists them. */
export function innermostFirst(pairs: readonly (readonly [number, number])[]): number[] {
  return [...pairs].reverse().flat();
}

function registerSlices(): void {
  nativeKernel('Slice', (call) => {
    if (call.hasTexts) return runOnCpu(call);
    const x = call.info('x');
    const [begin = [], size = []] = slice_util.parseSliceParams(
      x,
      call.perAxis('begin', 1),
      call.has('size') ? call.perAxis('size', 1) : x.shape.map(() => -1),
    );
    slice_util.assertParamsValid(x, begin, size);
    if (size.join() === x.shape.join()) return call.backend.share(x);
    return call.backend.hold(narrowAll(call, call.kept('x'), x.shape, begin, size), x);
  });
  kernel('StridedSlice', (call) => {
    const shape = [...call.shape('x')];
    const info = slice_util.sliceInfo(
      shape,
      call.numbers('begin'),
      call.numbers('end'),
      call.numbers('strides'),
      call.number('beginMask', 0),
      call.number('endMask', 0),
      call.number('ellipsisMask', 0),
      call.number('newAxisMask', 0),
      call.number('shrinkAxisMask', 0),
    );
    const size = slice_util.computeOutShape(info.begin, info.end, info.strides);
    const picked = size.reduce((tensor, extent, axis) => {
      const [start, step] = [info.begin[axis] ?? 0, info.strides[axis] ?? 1];
      const places = Array.from({ length: Math.max(0, extent) }, (_, at) => start + at * step);
      const whole = places.length === shape[axis] && step === 1;
      return whole ? tensor : call.ops.indexSelect(tensor, axis, call.backend.index(places));
    }, call.kept('x'));
    return call.ops.clone(call.ops.reshape(picked, info.finalShape), null);
  });
}

/** A box of a tensor, as a view. */
export function narrowAll(
  call: KernelCall,
  x: Tensor,
  shape: readonly number[],
  begin: readonly number[],
  size: readonly number[],
): Tensor {
  return size.reduce(
    (tensor, extent, axis) =>
      extent === shape[axis] ? tensor : call.ops.narrow(tensor, axis, begin[axis] ?? 0, extent),
    x,
  );
}

function registerJoins(): void {
  kernel('Concat', (call) => {
    const infos = call.list();
    const shapes = infos.map(({ shape }) => shape);
    const axis = util.parseAxisParam(call.number('axis'), shapes[0] ?? [])[0] ?? 0;
    backend_util.assertParamsConsistent(shapes, axis);
    return call.ops.cat(
      infos.map((info) => call.backend.onDevice(call.backend.raw(info))),
      axis,
    );
  });
  kernel('Pack', (call) => {
    const [first, ...rest] = call.list();
    for (const info of rest) {
      util.assertShapesMatch(first?.shape ?? [], info.shape, 'the stacked tensors differ: ');
      util.assert(info.dtype === first?.dtype, () => 'the stacked tensors have several types');
    }
    return call.ops.stack(
      call.list().map((info) => call.backend.onDevice(call.backend.raw(info))),
      call.number('axis'),
    );
  });
  kernel(
    'Unpack',
    (call) => {
      const [shape, axis] = [call.shape('value'), call.number('axis')];
      const at = axis < 0 ? axis + shape.length : axis;
      const x = call.kept('value');
      return Array.from({ length: shape[at] ?? 0 }, (_, index) => call.ops.select(x, at, index));
    },
    'value',
  );
  kernel(
    'SplitV',
    (call) => {
      const shape = [...call.shape('x')];
      const axis = util.parseAxisParam(call.number('axis'), shape)[0] ?? 0;
      const given: unknown = call.attributes['numOrSizeSplits'];
      const sizes = typeof given === 'number' ? given : call.numbers('numOrSizeSplits');
      return split(call, call.kept('x'), splitSizes(shape[axis] ?? 0, sizes), axis);
    },
    'x',
  );
}

/** Parts along an axis, each a view. */
function split(call: KernelCall, x: Tensor, sizes: readonly number[], axis: number): Tensor[] {
  let start = 0;
  return sizes.map((extent) => {
    const part = call.ops.narrow(x, axis, start, extent);
    start += extent;
    return part;
  });
}

/** Sizes of the parts; a size of -1 stands for the rest. */
function splitSizes(extent: number, given: number | readonly number[]): number[] {
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

/** Axis by axis, by the places that a mirror shows. */
function mirrorPad(call: KernelCall): Tensor {
  const shift = call.text('mode') === 'symmetric' ? 1 : 0;
  return call.pairs('paddings').reduce((x, [before, after], axis) => {
    const extent = call.shape('x')[axis] ?? 0;
    if (before === 0 && after === 0) return x;
    const places = Array.from({ length: before + extent + after }, (_, at) =>
      mirrored(at - before, extent, shift),
    );
    return call.ops.indexSelect(x, axis, call.backend.index(places));
  }, call.kept('x'));
}

function mirrored(place: number, extent: number, shift: number): number {
  if (place < 0) return -place - shift;
  return place < extent ? place : 2 * extent - 2 - place + shift;
}
