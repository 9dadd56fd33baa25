import { backend_util, util } from '@tensorflow/tfjs-core';

import type { Tensor } from '../abi/tensor.js';
import { elementType } from './creation.js';
import type { KernelCall } from './kernel-call.js';
import { kernel } from './register.js';
import { countable } from './unary.js';

/** Registers kernels that read or write by index. */
export function registerGatheringKernels(): void {
  kernel('GatherV2', gatherV2);
  kernel('GatherNd', (call) => {
    const [shape] = backend_util.prepareAndValidate(call.info('params'), call.info('indices'));
    const indices = columns(call, call.index('indices'), call.shape('indices'));
    return call.ops.reshape(call.ops.index(call.kept('params'), indices), shape);
  });
  kernel('OneHot', oneHot);
  kernel('ScatterNd', (call) => {
    const shape = call.numbers('shape');
    const updates = countable(call, call.input('updates'));
    const type = call.info('updates').dtype === 'float32' ? 'float32' : 'int32';
    return scatter(call, call.backend.filled(shape, 0, type), updates, shape, true);
  });
  kernel('TensorScatterUpdate', (call) =>
    scatter(call, call.input('tensor'), call.input('updates'), call.shape('tensor'), false),
  );
  kernel('UnsortedSegmentSum', segmentSum);
}

/** Indices `[..., depth]` as one list per indexed axis. */
function columns(call: KernelCall, indices: Tensor, shape: readonly number[]): Tensor[] {
  const depth = shape.length > 1 ? (shape.at(-1) ?? 1) : 1;
  const count = util.sizeFromShape([...shape]) / depth;
  const rows = call.ops.reshape(indices, [count, depth]);
  return Array.from({ length: depth }, (_, axis) => call.ops.select(rows, 1, axis));
}

function scatter(
  call: KernelCall,
  base: Tensor,
  updates: Tensor,
  shape: readonly number[],
  accumulate: boolean,
): Tensor {
  const indexShape = call.shape('indices');
  const depth = indexShape.length > 1 ? (indexShape.at(-1) ?? 1) : 1;
  const count = util.sizeFromShape([...indexShape]) / depth;
  const rows = call.ops.reshape(updates, [count, ...shape.slice(depth)]);
  return call.ops.indexPut(
    base,
    columns(call, call.index('indices'), indexShape),
    rows,
    accumulate,
  );
}

function assertBatches(call: KernelCall, axis: number, batchDims: number): void {
  const [x, indices] = [call.shape('x'), call.shape('indices')];
  const rank = String(indices.length);
  util.assert(
    batchDims >= 0 && batchDims <= indices.length,
    () => `Expect batchDims in the range of [0, ${rank}], but got ${String(batchDims)}`,
  );
  util.assert(
    batchDims <= axis,
    () => `batchDims (${String(batchDims)}) must be less than or equal to axis`,
  );
  for (let dim = 0; dim < batchDims; dim++) {
    const extents = [x[dim], indices[dim]].map(String);
    util.assert(
      extents[0] === extents[1],
      () =>
        `x.shape[${String(dim)}]: ${String(extents[0])} should be equal to indices.shape[${String(dim)}]`,
    );
  }
}

/** On the processor, where it costs nothing: ATen's own check does not say which index was wrong. */
function assertWithin(call: KernelCall, extent: number): void {
  const { backend } = call;
  if (backend.onCuda) return;
  const indices: unknown = backend.readSync(call.info('indices').dataId);
  if (!(indices instanceof Int32Array)) return;
  const wrong = indices.find((index) => index < 0 || index >= extent);
  util.assert(
    wrong === undefined,
    () => `the index value ${String(wrong)} is not in [0, ${String(extent - 1)}]`,
  );
}

function gatherV2(call: KernelCall): Tensor {
  const { ops } = call;
  const [shape, indexShape] = [call.shape('x'), call.shape('indices')];
  const axis = util.parseAxisParam(call.number('axis', 0), [...shape])[0] ?? 0;
  const given = call.number('batchDims', 0);
  const batchDims = given < 0 ? given + indexShape.length : given;
  assertBatches(call, axis, batchDims);
  assertWithin(call, shape[axis] ?? 0);
  const size = (extents: readonly number[]) => util.sizeFromShape([...extents]);
  const result = [
    ...shape.slice(0, axis),
    ...indexShape.slice(batchDims),
    ...shape.slice(axis + 1),
  ];
  if (batchDims === 0) {
    const flat = ops.reshape(call.index('indices'), [size(indexShape)]);
    return ops.reshape(ops.indexSelect(call.kept('x'), axis, flat), result);
  }
  const [batch, outer] = [size(shape.slice(0, batchDims)), size(shape.slice(batchDims, axis))];
  const [inner, picks] = [size(shape.slice(axis + 1)), size(indexShape.slice(batchDims))];
  const rows = ops.reshape(call.kept('x'), [batch, outer, shape[axis] ?? 1, inner]);
  const index = ops.reshape(call.index('indices'), [batch, 1, picks, 1]);
  const spread = ops.expand(index, [batch, outer, picks, inner], false);
  return ops.reshape(ops.gather(rows, 2, spread, false), result);
}

function oneHot(call: KernelCall): Tensor {
  const { ops, backend } = call;
  const depth = call.number('depth');
  const classes = backend.cast(
    backend.index(Array.from({ length: depth }, (_, index) => index)),
    'int32',
  );
  const indices = ops.reshape(call.input('indices'), [...call.shape('indices'), 1]);
  const type = elementType(call, call.text('dtype', 'float32'));
  return ops.where(
    ops.eq(indices, classes),
    backend.scalar(call.number('onValue', 1), type),
    backend.scalar(call.number('offValue', 0), type),
  );
}

/** Sums rows by segment id; negative ids and ids beyond the last segment are dropped, as in TF.js. */
function segmentSum(call: KernelCall): Tensor {
  const { ops, backend } = call;
  const ids = call.input('segmentIds');
  const idShape = call.shape('segmentIds');
  const segments = call.number('numSegments');
  const type = call.info('x').dtype === 'float32' ? 'float32' : 'int32';
  const row = call.shape('x').slice(idShape.length);
  const inside = ops.logicalAnd(
    ops.ge(ids, backend.scalar(0, 'int32')),
    ops.lt(ids, backend.scalar(segments, 'int32')),
  );
  const safe = ops.where(inside, ids, backend.scalar(segments, 'int32'));
  const count = util.sizeFromShape([...idShape]);
  const rows = ops.reshape(countable(call, call.input('x')), [count, ...row]);
  const base = backend.filled([segments + 1, ...row], 0, type);
  const index = ops.reshape(backend.cast(safe, 'int64'), [count]);
  const sums = ops.indexPut(base, [index], rows, true);
  return ops.clone(ops.narrow(sums, 0, 0, segments), null);
}
