import { add } from '../graph/arithmetic.js';
import { cast, gather, reshape } from '../graph/layout.js';
import { constant } from '../graph/recorder.js';
import type { Value } from '../graph/value.js';
import { fillWith } from '../kernels/creation.js';
import { scatterAdd } from '../kernels/gathering.js';
import { kernel } from '../kernels/register.js';

/** Registers the gathering of tokens by id and its gradient. */
export function registerTokenKernels(): void {
  kernel('VoxmimTakeTokens', (call) => {
    const x = call.input('x');
    const ids = call.input('ids');
    const [batch = 1, length = 1, channels = 1] = x.shape;
    const rows = gather(reshape(x, [batch * length, channels]), flatIds(ids, length), 0);
    return reshape(rows, [batch, ids.shape[1] ?? 1, channels]);
  });
  kernel('VoxmimPutTokens', (call) => {
    const dy = call.input('dy');
    const ids = call.input('ids');
    const length = call.number('length');
    const [batch = 1, kept = 1, channels = 1] = dy.shape;
    const zeros = fillWith(call, [batch * length, channels], 'float32', 0);
    const indices = cast(reshape(flatIds(ids, length), [batch * kept, 1]), 'int64');
    const rows = scatterAdd(zeros, indices, reshape(dy, [batch * kept, channels]));
    return reshape(rows, [batch, length, channels]);
  });
}

/** Ids `[B, K]` within a sample as ids within the batch seen as one list of tokens, `[B * K]`. */
function flatIds(ids: Value, length: number): Value {
  const [batch = 1, kept = 1] = ids.shape;
  const starts = constant(
    'int32',
    [batch, 1],
    Int32Array.from({ length: batch }, (_, sample) => sample * length),
  );
  return reshape(add(cast(ids, 'int32'), starts), [batch * kept]);
}
