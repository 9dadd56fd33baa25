import { createRandom, type Shape3 } from '@voxmim/core';
import { SwinConfig, SwinEncoder } from '@voxmim/encoders';
import { startBackend } from '@voxmim/runtime';
import { Segmenter, SwinUnetrConfig, SwinUnetrHead } from '@voxmim/segmentation';
import { recognizeWeights, transferWeights, type StoredTensor } from '@voxmim/weights';
import * as tf from '@tensorflow/tfjs-core';

// Made by tools/fixtures/swin-unetr.py with MONAI's model.
import golden from '../../fixtures/swin-unetr.json' with { type: 'json' };

/** `[x, y, z]` */
const [x, y, z] = golden.shape as [number, number, number];

function wave(shape: readonly number[], phase: number, scale = 1): Float32Array {
  const size = tf.util.sizeFromShape([...shape]);
  return Float32Array.from({ length: size }, (_, at) => scale * Math.sin(1.7 * at + phase));
}

/** What Python drew over `[x, y, z]`, one channel after the other, as `[1, z, y, x, channels]`. */
function drawn(channels: number, phase: number): tf.Tensor5D {
  const values = tf.tensor4d(wave([channels, x, y, z], phase), [channels, x, y, z]);
  return tf.expandDims(tf.transpose(values, [3, 2, 1, 0]), 0);
}

function monaiWeights(): Map<string, StoredTensor> {
  return new Map(
    golden.parameters.map(({ name, shape }, phase) => {
      const base = name.includes('norm') && name.endsWith('weight') ? 1 : 0;
      const fan = shape.length > 1 ? shape.slice(1).reduce((size, extent) => size * extent, 1) : 30;
      const values = wave(shape, phase, Math.sqrt(3 / fan)).map((value) => base + value);
      return [name, { shape, values }];
    }),
  );
}

function build(): Segmenter {
  const inputShape: Shape3 = [z, y, x];
  const sizes = { embedDim: 12, depths: [2, 1, 1, 1], numHeads: [2, 2, 4, 4] };
  const options = { patchSize: [2, 2, 2], windowSize: [2, 2, 2], patchNorm: false, mlpRatio: 4 };
  const config = SwinConfig.parse({ ...sizes, ...options, levels: 'swinUnetr' });
  const context = { inputShape, inChannels: 1, random: createRandom(1) };
  const encoder = new SwinEncoder(config, context);
  const head = new SwinUnetrHead(SwinUnetrConfig.parse({ featureSize: 12 }), {
    ...{ ...context, levels: encoder.levels, numClasses: 2 },
  });
  return new Segmenter(encoder, head);
}

function monaiModel(): Segmenter {
  const model = build();
  const found = recognizeWeights(monaiWeights(), model.encoder.geometry)!;
  const { missing } = transferWeights(found.tensors, model, {
    ...{ path: found.origin, scope: () => true, minCoverage: 0.9 },
  });
  // MONAI's last norm has no parameters; ours start as it.
  expect(missing.map(({ name }) => name)).toEqual(['encoder.norm.weight', 'encoder.norm.bias']);
  return model;
}

/** How far each number is off. */
async function errors(actual: tf.Tensor, expected: readonly number[]): Promise<number[]> {
  const values = await actual.data();
  expect(Math.ceil(values.length / 61)).toBe(expected.length);
  return expected.map((value, at) => Math.abs(value - values[61 * at]!));
}

const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs));
const norm = (values: readonly number[]) => Math.hypot(...values);

describe('MONAI’s whole SwinUNETR, its axes reversed', () => {
  let model: Segmenter;

  beforeAll(async () => {
    await startBackend({ prefer: 'onnx' });
    model = monaiModel();
  });

  it('gives the same scores here', async () => {
    const off = await errors(model.predict(drawn(1, 0.5)), golden.logits);
    expect(largest(off) / largest(golden.logits)).toBeLessThan(1e-4);
  });

  it('gives the same gradient, as near to double precision as MONAI’s own in single', async () => {
    const score = (volumes: tf.Tensor5D): tf.Scalar =>
      tf.sum(tf.mul(model.logits(volumes)[0], drawn(2, 2)));
    const gradient = tf.grad((x) => score(x as tf.Tensor5D))(drawn(1, 0.5));

    const off = await errors(gradient, golden.gradient);

    const median = [...off].sort((a, b) => a - b)[off.length >> 1]!;
    expect(median / largest(golden.gradient)).toBeLessThan(1e-4);
    expect(norm(off) / norm(golden.gradient)).toBeLessThan(2 * golden.float32.norm);
  });
});
