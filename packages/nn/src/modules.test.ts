import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers gradients

import { createRandom, type ForwardContext } from '@voxmim/core';
import { expectClose, expectNoLeak, noise } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import { dropPath } from './drop-path.js';
import { gelu } from './gelu.js';
import { kaimingUniform, normal, truncatedNormal, xavierUniform } from './initializers.js';
import { hasKernel } from './kernel.js';
import { LayerNorm } from './layer-norm.js';
import { Linear } from './linear.js';
import { Module, prefixed } from './module.js';
import { buffer, parameter } from './parameter.js';
import { sincosPosition3d } from './position.js';
import { runBlocks, TransformerBlock } from './transformer-block.js';

const random = createRandom(1);

class Example extends Module {
  readonly decoderEmbed = new Linear(2, 3, { random });
  readonly blockList = [new LayerNorm(2), new LayerNorm(2)];
  readonly gain = parameter(() => tf.ones<tf.Rank.R1>([2]));
  readonly runningMean = buffer(() => tf.zeros<tf.Rank.R1>([2]));
  readonly absent = null;
}

describe('Module', () => {
  it('names parameters by field path in snake case, apart from buffers', () => {
    const example = new Example();

    expect([...example.namedParameters().keys()]).toEqual([
      'decoder_embed.weight',
      'decoder_embed.bias',
      'block_list.0.weight',
      'block_list.0.bias',
      'block_list.1.weight',
      'block_list.1.bias',
      'gain',
    ]);
    expect([...example.namedBuffers().keys()]).toEqual(['running_mean']);
    expect([...prefixed('head', example)][0]![0]).toBe('head.decoder_embed.weight');
  });

  it('frees all it made, twice without harm, and leaves nothing of its making', () => {
    const before = tf.memory().numTensors;
    const example = new Example();
    example.dispose();
    example.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('Linear', () => {
  it('multiplies by the transpose of its weight, whatever the rank of its input', async () => {
    const linear = new Linear(2, 3, { random });
    linear.weight.assign(tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]));
    linear.bias!.assign(tf.tensor1d([0, 0, 100]));

    const y = linear.call(tf.tensor4d([1, 1, 0, 1], [1, 2, 1, 2]));

    expect(y.shape).toEqual([1, 2, 1, 3]);
    expect([...(await y.data())]).toEqual([3, 7, 111, 2, 4, 106]);
  });
});

describe('initializers', () => {
  const moments = async (tensor: tf.Tensor) => {
    const { mean, variance } = tf.moments(tensor);
    return { mean: (await mean.data())[0]!, std: Math.sqrt((await variance.data())[0]!) };
  };

  it('draw with the spread they promise', async () => {
    const trunc = await moments(truncatedNormal([300, 300], random));
    expect(trunc.mean).toBeCloseTo(0, 3);
    expect(trunc.std).toBeCloseTo(0.02, 3);
    expect((await moments(normal(2)([300, 300], random))).std).toBeCloseTo(2, 1);
  });

  it('count fans as PyTorch does for a convolution', async () => {
    const kaiming = kaimingUniform<tf.Rank.R5>([8, 4, 5, 5, 5], random);
    const xavier = xavierUniform<tf.Rank.R5>([8, 4, 5, 5, 5], random);
    const largest = async (tensor: tf.Tensor) => (await tf.max(tf.abs(tensor)).data())[0]!;
    expect(await largest(kaiming)).toBeCloseTo(1 / Math.sqrt(500), 4);
    expect(await largest(xavier)).toBeCloseTo(Math.sqrt(6 / (500 + 1000)), 4);
  });

  it('draw the same from the same stream and other numbers from another', async () => {
    const draw = async (key: string) =>
      (await truncatedNormal([4, 4], createRandom(3, key)).data()).join();
    expect(await draw('a')).toBe(await draw('a'));
    expect(await draw('a')).not.toBe(await draw('b'));
  });
});

describe('sincosPosition3d', () => {
  it('lays out sines then cosines, one block per axis in array order', async () => {
    const [, , , last] = (await sincosPosition3d([1, 2, 2], 12).array())[0]!; // cell (0, 1, 1)
    const block = (p: number) => [Math.sin(p), Math.sin(p / 100), Math.cos(p), Math.cos(p / 100)];
    await expectClose(last!, [...block(0), ...block(1), ...block(1)]);
  });

  it('follows the axis order it is given', async () => {
    const ours = (await sincosPosition3d([2, 1, 1], 6).array())[0]![1]!;
    const monai = (await sincosPosition3d([2, 1, 1], 6, [1, 0, 2]).array())[0]![1]!;
    expect(ours.slice(0, 2)).not.toEqual([0, 1]);
    expect(monai).toEqual([...ours.slice(2, 4), ...ours.slice(0, 2), ...ours.slice(4)]);
  });

  it('refuses a width that 6 does not divide', () => {
    const attempt = () => sincosPosition3d([1, 1, 1], 8);
    expect(attempt).toThrow('[INVALID_CONFIG]');
  });
});

describe('dropPath', () => {
  const context = (seed: number): ForwardContext => ({
    training: true,
    random: createRandom(seed),
  });

  it('does nothing outside of training', () => {
    const x = tf.ones([4, 2]);
    expect(dropPath(x, 0.5, 'here')).toBe(x);
    expect(dropPath(x, 0.5, 'here', { ...context(1), training: false })).toBe(x);
  });

  it('drops whole samples and keeps the mean', async () => {
    const dropped = (await dropPath(
      tf.ones([4000, 2]),
      0.25,
      'here',
      context(1),
    ).array()) as number[][];
    expect(dropped.every(([a, b]) => a === b)).toBe(true);
    expect(new Set(dropped.map(([a]) => a!.toFixed(4)))).toEqual(new Set(['0.0000', '1.3333']));
    const mean = dropped.reduce((sum, [a]) => sum + a!, 0) / dropped.length;
    expect(mean).toBeCloseTo(1, 1);
  });

  it('draws anew for another place and the same for the same stream', async () => {
    const draw = async (key: string) =>
      (await dropPath(tf.ones([64, 1]), 0.5, key, context(1)).data()).join();
    expect(await draw('a')).toBe(await draw('a'));
    expect(await draw('a')).not.toBe(await draw('b'));
  });
});

describe('TransformerBlock', () => {
  it('names its parameters as timm does', () => {
    const block = new TransformerBlock(12, { numHeads: 2, mlpRatio: 2, qkvBias: true, random });
    expect([...block.namedParameters().keys()]).toEqual([
      'norm1.weight',
      'norm1.bias',
      'attn.qkv.weight',
      'attn.qkv.bias',
      'attn.proj.weight',
      'attn.proj.bias',
      'norm2.weight',
      'norm2.bias',
      'mlp.fc1.weight',
      'mlp.fc1.bias',
      'mlp.fc2.weight',
      'mlp.fc2.bias',
    ]);
  });

  it('treats every permutation of its tokens alike', async () => {
    const block = new TransformerBlock(12, { numHeads: 2, mlpRatio: 2, random, init: normal(0.3) });
    const x = noise<tf.Rank.R3>([1, 3, 12]);
    const turn = (tensor: tf.Tensor3D) => tf.reverse(tensor, 1);
    await expectClose(block.call(turn(x)), turn(block.call(x)));
  });

  it('gives each block of a stack its own drop path', async () => {
    const options = { numHeads: 1, mlpRatio: 1, dropPathRate: 0.5, init: normal(0.5) };
    const stack = (count: number) =>
      Array.from({ length: count }, () => new TransformerBlock(6, { ...options, random }));
    const x = noise<tf.Rank.R3>([32, 1, 6]);
    const context: ForwardContext = { training: true, random: createRandom(5) };
    const [first, second] = runBlocks(stack(2), x, context);
    const changed = async (from: tf.Tensor, to: tf.Tensor) => {
      const moved = tf.greater(tf.max(tf.abs(tf.sub(to, from)), [1, 2]), 1e-7);
      return (await moved.data()).join('');
    };
    expect(await changed(x, first!)).not.toBe(await changed(first!, second!));
  });

  it('leaks no tensors', () => {
    const block = new TransformerBlock(12, { numHeads: 2, mlpRatio: 2, random });
    const x = noise<tf.Rank.R3>([1, 3, 12]);
    expectNoLeak(() => block.call(x));
  });
});

describe('kernels', () => {
  it('run the op of a backend that registered one, in both directions', async () => {
    const calls: string[] = [];
    const answer = (name: 'VoxmimGelu' | 'VoxmimGeluGrad', value: number) => {
      tf.registerKernel({
        kernelName: name,
        backendName: tf.getBackend(),
        kernelFunc: ({ inputs }) => {
          calls.push(`${name}(${Object.keys(inputs).join()})`);
          return tf.fill([2], value);
        },
      });
    };
    answer('VoxmimGelu', 7);
    answer('VoxmimGeluGrad', 8);

    const { value, grad } = tf.valueAndGrad((x) => tf.sum(gelu(x)))(tf.tensor1d([1, 2]));

    expect([...(await value.data()), ...(await grad.data())]).toEqual([14, 8, 8]);
    expect(calls).toEqual(['VoxmimGelu(x)', 'VoxmimGeluGrad(dy,x)']);
    tf.unregisterKernel('VoxmimGelu', tf.getBackend());
    tf.unregisterKernel('VoxmimGeluGrad', tf.getBackend());
    expect(hasKernel('VoxmimGelu')).toBe(false);
  });
});
