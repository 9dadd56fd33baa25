import type { Encoder } from '@voxmim/core';
import type { Variable } from '@tensorflow/tfjs-core';

/** The buffers of an encoder as an objective names them; none where the encoder has none. */
export function* encoderBuffers(encoder: Encoder): Generator<[string, Variable]> {
  for (const [path, variable] of encoder.namedBuffers?.() ?? [])
    yield [`encoder.${path}`, variable];
}
