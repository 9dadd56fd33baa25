import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@voxmim/tfjs-backend-onnx';
import '@tensorflow/tfjs-layers'; // registers gradients

import {
  expectClose,
  expectGradients,
  expectNoLeak,
  noise,
  registeredBackends,
} from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

// Made by tools/fixtures/nn.py.
import golden from '../fixtures/transformer.json' with { type: 'json' };
import { adamWHyper, adamWStep } from './adamw-step.js';
import { adamWUpdate } from './adamw-update.js';
import { gelu } from './gelu.js';
import { layerNorm } from './layer-norm.js';
import { patchify, unpatchify } from './patchify.js';
import { attention } from './scaled-attention.js';
import { putTokens, takeTokens, tokenIds } from './tokens.js';

/** Of float32 sums of a few dozen terms. */
const tolerance = { absolute: 2e-6, relative: 1e-5 };

function wave<R extends tf.Rank>(shape: tf.ShapeMap[R], phase: number): tf.Tensor<R> {
  const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, (_, index) =>
    Math.sin(1.7 * index + phase),
  );
  return tf.tensor(values, shape);
}

async function expectGolden(
  op: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: tf.Tensor[],
  expected: { y: number[]; grads: number[][] },
) {
  const y = op(...inputs);
  const dy = wave(y.shape, 0.4);
  const grads = tf.grads((...xs) => tf.sum(tf.mul(op(...xs), dy)))(inputs);
  await expectClose(y, expected.y, tolerance);
  for (const [index, grad] of grads.entries()) {
    expect(grad.shape).toEqual(inputs[index]!.shape);
    await expectClose(grad, expected.grads[index]!, tolerance);
  }
}

describe.each(registeredBackends())('on %s', (backend) => {
  beforeAll(async () => {
    expect(await tf.setBackend(backend)).toBe(true);
  });

  it('layerNorm gives the numbers and gradients of PyTorch', async () => {
    const inputs = [wave([2, 3, 5], 0.1), wave([5], 0.2), wave([5], 0.3)];
    const op = (...[x, weight, bias]: tf.Tensor[]) =>
      layerNorm(x!, weight as tf.Tensor1D, bias as tf.Tensor1D);
    await expectGolden(op, inputs, golden.layerNorm);
  });

  it('gelu gives the numbers and gradients of PyTorch', async () => {
    await expectGolden((x) => gelu(tf.mul(x, 3)), [wave([4, 5], 0.1)], golden.gelu);
  });

  it.each(golden.attention)(
    'attention with a bias of $biasShape gives the numbers and gradients of PyTorch',
    async ({ biasShape, ...expected }) => {
      const inputs: tf.Tensor[] = [0.1, 0.2, 0.3].map((phase) => wave([2, 2, 3, 4], phase));
      if (biasShape) inputs.push(wave(biasShape as [number, number, number, number], 0.5));
      const op = (...[q, k, v, bias]: tf.Tensor[]) =>
        attention(q as tf.Tensor4D, k as tf.Tensor4D, v as tf.Tensor4D, {
          scale: 0.7,
          ...(bias && { bias: bias as tf.Tensor4D }),
        });
      await expectGolden(op, inputs, expected);
    },
  );

  it('adamWStep takes the steps of torch.optim.AdamW', async () => {
    let state = {
      param: wave<tf.Rank.R2>([2, 3], 0.1),
      firstMoment: tf.zeros<tf.Rank.R2>([2, 3]),
      secondMoment: tf.zeros<tf.Rank.R2>([2, 3]),
    };
    for (const [index, expected] of golden.adamW.entries()) {
      const betas = { beta1: 0.9, beta2: 0.95 };
      const hyper = adamWHyper({
        learningRate: 0.1,
        weightDecay: 0.05,
        epsilon: 1e-8,
        step: index + 1,
        gradientScale: 0.5,
        ...betas,
      });
      state = adamWStep(state, wave([2, 3], 0.2 + index), hyper, betas);
      await expectClose(state.param, expected, tolerance);
    }
  });

  it('adamWUpdate takes the same steps, clipped on the device, and leaves a clone alone', async () => {
    const slots = [0, 1].map(() => ({
      param: tf.variable(wave<tf.Rank.R2>([2, 3], 0.1)),
      firstMoment: tf.variable(tf.zeros([2, 3])),
      secondMoment: tf.variable(tf.zeros([2, 3])),
    }));
    const clone = tf.clone(slots[0]!.param);
    const before = [...(await clone.data())];
    for (const [index, expected] of golden.adamW.entries()) {
      const gradients = slots.map((slot) => ({
        ...slot,
        gradient: wave<tf.Rank.R2>([2, 3], 0.2 + index),
      }));
      const numbers = {
        ...{ learningRate: 0.1, weightDecay: 0.05, beta1: 0.9, beta2: 0.95, epsilon: 1e-8 },
        ...{ step: index + 1, gradientScale: 0.125 },
      };
      adamWUpdate(gradients, numbers, tf.scalar(4));
      for (const { param } of slots) await expectClose(param, expected, tolerance);
    }
    expect([...(await clone.data())]).toEqual(before);
  });

  it('takeTokens and putTokens have the right gradients, repeated ids included', async () => {
    const ids = tokenIds(Int32Array.of(3, 0, 0, 1, 2, 2), 2);
    await expectGradients((x) => takeTokens(x as tf.Tensor3D, ids), [noise<tf.Rank.R3>([2, 4, 3])]);
    await expectGradients(
      (x) => putTokens(x as tf.Tensor3D, ids, 4),
      [noise<tf.Rank.R3>([2, 3, 3])],
    );
  });

  it('takeTokens picks by sample and putTokens puts back', async () => {
    const tokens = noise<tf.Rank.R3>([2, 4, 3]);
    const ids = tokenIds(Int32Array.of(1, 3, 0, 2), 2);
    const taken = takeTokens(tokens, ids);
    const rows = await tokens.array();
    await expectClose(taken, [rows[0]![1]!, rows[0]![3]!, rows[1]![0]!, rows[1]![2]!], {
      absolute: 0,
      relative: 0,
    });

    // Adding 0 turns the −0 that a product may give into 0.
    const back = await tf.add<tf.Tensor3D>(putTokens(taken, ids, 4), 0).array();
    expect(back[0]).toEqual([[0, 0, 0], rows[0]![1], [0, 0, 0], rows[0]![3]]);
    expect(back[1]).toEqual([rows[1]![0], [0, 0, 0], rows[1]![2], [0, 0, 0]]);
  });

  it('putTokens adds up tokens of the same id', async () => {
    const put = putTokens(
      tf.tensor3d([1, 2, 4], [1, 3, 1]),
      tokenIds(Int32Array.of(1, 0, 1), 1),
      3,
    );
    expect([...(await put.data())]).toEqual([2, 5, 0]);
  });

  it('patchify orders patches and voxels row-major [d, h, w], channels last', async () => {
    const values = Float32Array.from({ length: 64 }, (_, index) => index);
    const from = (start: number) => Array.from({ length: 16 }, (_, index) => start + index);

    const patches = patchify(tf.tensor5d(values, [1, 2, 4, 4, 2]), [2, 2, 4]);

    expect(await patches.array()).toEqual([
      [
        [...from(0), ...from(32)],
        [...from(16), ...from(48)],
      ],
    ]);
    const narrow = patchify(tf.tensor5d(values, [1, 1, 2, 16, 2]), [1, 2, 1]);
    expect((await narrow.array())[0]![5]).toEqual([10, 11, 42, 43]);
  });

  it('unpatchify undoes patchify on a non-cubic grid, and so do their gradients', async () => {
    const volume = noise<tf.Rank.R5>([2, 4, 6, 2, 3]);
    const patches = patchify(volume, [2, 3, 1]);
    await expectClose(unpatchify(patches, [2, 2, 2], [2, 3, 1]), volume, {
      absolute: 0,
      relative: 0,
    });

    const grad = tf.grad((x) =>
      tf.sum(
        tf.mul(unpatchify(patchify(x as tf.Tensor5D, [2, 3, 1]), [2, 2, 2], [2, 3, 1]), volume),
      ),
    )(tf.zerosLike(volume));
    await expectClose(grad, volume, { absolute: 0, relative: 0 });
  });

  it('leaks no tensors, forward or backward', () => {
    const x = noise<tf.Rank.R3>([2, 4, 3]);
    const q = noise<tf.Rank.R4>([1, 2, 4, 3]);
    const line = noise<tf.Rank.R1>([3]);
    const ids = tokenIds(Int32Array.of(1, 3, 0, 2), 2);
    const places = tokenIds(Int32Array.of(1, 3, 0, 2, 5, 5, 1, 0), 2);
    const ops: ((input: tf.Tensor) => tf.Tensor)[] = [
      (input) => gelu(input),
      (input) => layerNorm(input, line, line),
      (input) => takeTokens(input as tf.Tensor3D, ids),
      (input) => putTokens(input as tf.Tensor3D, places, 6),
    ];
    for (const op of ops) {
      expectNoLeak(() => op(x));
      expectNoLeak(() => tf.grad(op)(x));
    }
    expectNoLeak(() => attention(q, q, q));
    expectNoLeak(() => tf.grad((input) => attention(input as tf.Tensor4D, q, q))(q));
    const volume = noise<tf.Rank.R5>([1, 2, 2, 2, 1]);
    expectNoLeak(() => patchify(volume, [1, 2, 2]));
    expectNoLeak(() => unpatchify(x, [2, 2, 1], [1, 3, 1]));
  });
});

it('patchify refuses a volume that patches do not tile', () => {
  const attempt = () => patchify(tf.zeros([1, 3, 4, 4, 1]), [2, 2, 2]);
  expect(attempt).toThrow('[SHAPE_MISMATCH]');
});
