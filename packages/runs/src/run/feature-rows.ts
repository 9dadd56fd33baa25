import type { Encoder } from '@voxmim/core';
import type { FeatureRows } from '@voxmim/evaluation';
import * as tf from '@tensorflow/tfjs-core';

/** The deepest features of an encoder in inference, `[B, d, h, w, C]`. */
export function deepestFeatures(encoder: Encoder, volumes: tf.Tensor5D): tf.Tensor5D {
  return encoder.pyramid(volumes).at(-1) ?? volumes;
}

/** Reads the vectors along the last axis of what `make` gives; it runs inside a tidy. */
export async function readRows(make: () => tf.Tensor): Promise<FeatureRows> {
  const tensor = tf.tidy(make);
  const values = await tensor.data<'float32'>();
  const width = tensor.shape.at(-1) ?? 1;
  tensor.dispose();
  return { values, width };
}

/** At most `most` rows, evenly spread. */
export function spreadRows({ values, width }: FeatureRows, most: number): FeatureRows {
  const count = values.length / width;
  const kept = Math.min(count, most);
  const chosen = new Float32Array(kept * width);
  for (let row = 0; row < kept; row++) {
    const from = Math.floor((row * count) / kept) * width;
    chosen.set(values.subarray(from, from + width), row * width);
  }
  return { values: chosen, width };
}

/** The rows of all parts, in order. */
export function joinRows(parts: readonly FeatureRows[]): FeatureRows {
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.values.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part.values, at);
    at += part.values.length;
  }
  return { values, width: parts[0]?.width ?? 1 };
}
