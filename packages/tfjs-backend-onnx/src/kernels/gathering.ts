import { backend_util, util } from '@tensorflow/tfjs-core';
import { add, binary, where } from '../graph/arithmetic.js';
import { cast, expand, gather, reshape, slice } from '../graph/layout.js';
import { constant, record, scalar } from '../graph/recorder.js';
import { sizeOf, type Value } from '../graph/value.js';
import { fillWith } from './creation.js';
import { countable } from './binary.js';
import type { KernelCall } from './kernel-call.js';
import { kernel } from './register.js';

/** Registers kernels that read or write by index. */
export function registerGatheringKernels(): void {
  kernel('GatherV2', gatherV2);
  kernel('GatherNd', (call) => {
    const params = call.input('params');
    const [shape] = backend_util.prepareAndValidate(call.info('params'), call.info('indices'));
    return record('GatherND', [params, cast(call.input('indices'), 'int64')], {
      dtype: params.dtype,
      shape,
    });
  });
  kernel('OneHot', oneHot);
  kernel('ScatterNd', (call) => {
    const shape = call.numbers('shape');
    const updates = countable(call.input('updates'));
    const base = fillWith(call, shape, updates.dtype, 0);
    return scatterAdd(base, ...aligned(call.input('indices'), updates, shape));
  });
  kernel('TensorScatterUpdate', (call) => {
    const tensor = call.input('tensor');
    return record(
      'ScatterND',
      [tensor, ...aligned(call.input('indices'), call.input('updates'), tensor.shape)],
      tensor,
    );
  });
  kernel('UnsortedSegmentSum', segmentSum);
}

/** Adds `updates` into `base` at `indices` [..., depth]; entries that share an index add up. */
export function scatterAdd(base: Value, indices: Value, updates: Value): Value {
  return record('ScatterND', [base, indices, updates], base, { reduction: 'add' });
}

/** Indices as `[count, depth]` int64 and updates as `[count, ...slice]`, as ONNX wants them. */
function aligned(indices: Value, updates: Value, shape: readonly number[]): [Value, Value] {
  const depth = indices.rank > 1 ? (indices.shape.at(-1) ?? 1) : 1;
  const count = indices.size / depth;
  const rows = reshape(updates, [count, ...shape.slice(depth)]);
  return [cast(reshape(indices, [count, depth]), 'int64'), rows];
}

function assertBatches(x: Value, indices: Value, axis: number, batchDims: number): void {
  const rank = String(indices.rank);
  util.assert(
    batchDims >= 0 && batchDims <= indices.rank,
    () => `Expect batchDims in the range of [0, ${rank}], but got ${String(batchDims)}`,
  );
  util.assert(
    batchDims <= axis,
    () => `batchDims (${String(batchDims)}) must be less than or equal to axis`,
  );
  for (let dim = 0; dim < batchDims; dim++) {
    const extents = [x.shape[dim], indices.shape[dim]].map(String);
    util.assert(
      extents[0] === extents[1],
      () =>
        `x.shape[${String(dim)}]: ${String(extents[0])} should be equal to indices.shape[${String(dim)}]`,
    );
  }
}

/** Indices that are still on the host are checked at once; ONNX Runtime checks the others when it runs. */
function assertWithin(indices: Value, extent: number): void {
  const host = indices.storage?.host;
  if (!host || host instanceof BigInt64Array) return;
  const wrong = host.find((index) => index < 0 || index >= extent);
  util.assert(
    wrong === undefined,
    () => `the index value ${String(wrong)} is not in [0, ${String(extent - 1)}]`,
  );
}

function gatherV2(call: KernelCall): Value {
  const x = call.input('x');
  const indices = call.input('indices');
  const axis = util.parseAxisParam(call.number('axis', 0), [...x.shape])[0] ?? 0;
  const given = call.number('batchDims', 0);
  const batchDims = given < 0 ? given + indices.rank : given;
  assertBatches(x, indices, axis, batchDims);
  assertWithin(indices, x.shape[axis] ?? 0);
  if (batchDims === 0) return gather(x, indices, axis);
  const batch = x.shape.slice(0, batchDims);
  const outer = x.shape.slice(batchDims, axis);
  const inner = x.shape.slice(axis + 1);
  const count = sizeOf(batch) * sizeOf(outer);
  const extent = x.shape[axis] ?? 1;
  const perBatch = sizeOf(indices.shape.slice(batchDims));
  const rows = reshape(x, [count * extent, sizeOf(inner)]);
  const starts = constant(
    'int32',
    [count, 1],
    Int32Array.from({ length: count }, (_, row) => row * extent),
  );
  const repeated = expand(reshape(indices, [sizeOf(batch), 1, perBatch]), [
    sizeOf(batch),
    sizeOf(outer),
    perBatch,
  ]);
  const picked = gather(rows, add(reshape(repeated, [count, perBatch]), starts), 0);
  return reshape(picked, [...batch, ...outer, ...indices.shape.slice(batchDims), ...inner]);
}

function oneHot(call: KernelCall): Value {
  const indices = call.input('indices');
  const depth = call.number('depth');
  const dtype = call.text('dtype', 'float32') === 'int32' ? 'int32' : 'float32';
  const classes = constant(
    'int32',
    [depth],
    Int32Array.from({ length: depth }, (_, index) => index),
  );
  const hit = binary('Equal', reshape(indices, [...indices.shape, 1]), classes, 'bool');
  const chosen = where(
    hit,
    scalar(call.number('onValue', 1), dtype),
    scalar(call.number('offValue', 0), dtype),
  );
  return call.text('dtype', 'float32') === 'bool' ? cast(chosen, 'bool') : chosen;
}

/** Sums rows by segment id; negative ids and ids beyond the last segment are dropped, as in TF.js. */
function segmentSum(call: KernelCall): Value {
  const x = countable(call.input('x'));
  const ids = call.input('segmentIds');
  const segments = call.number('numSegments');
  const row = x.shape.slice(ids.rank);
  const outside = binary(
    'Or',
    binary('Less', ids, scalar(0, 'int32'), 'bool'),
    binary('GreaterOrEqual', ids, scalar(segments, 'int32'), 'bool'),
    'bool',
  );
  const safe = where(outside, scalar(segments, 'int32'), ids);
  const base = fillWith(call, [segments + 1, ...row], x.dtype, 0);
  const indices = cast(reshape(safe, [...ids.shape, 1]), 'int64');
  const sums = scatterAdd(base, indices, x);
  return slice(
    sums,
    sums.shape.map(() => 0),
    [segments, ...row],
  );
}
