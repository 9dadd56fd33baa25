import { isVoxmimError, type ParameterOwner } from '@voxmim/core';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

import { parameterGroups } from './index.js';

const shapes: Record<string, number[]> = {
  'encoder.patch_embed.proj.weight': [4, 8],
  'encoder.pos_embed': [1, 3, 4],
  'encoder.blocks.0.norm1.weight': [4],
  'encoder.blocks.0.attn.qkv.weight': [12, 4],
  'encoder.blocks.1.attn.qkv.weight': [12, 4],
  'encoder.blocks.1.attn.qkv.bias': [12],
  mask_token: [1, 1, 4],
  'head.out.weight': [2, 4, 1, 1, 1],
};

function owner(): ParameterOwner {
  const variables = new Map(
    Object.entries(shapes).map(([name, shape]) => [name, tf.variable(tf.zeros(shape))]),
  );
  return { namedParameters: () => variables, dispose: () => undefined };
}

const encoder = {
  layerCount: 3,
  layerOf: (name: string) => Number(/^blocks\.(\d)/.exec(name)?.[1] ?? -1) + 1,
};

/** What a group says of each of its parameters. */
function settings(
  options: Parameters<typeof parameterGroups>[1],
): Record<string, [number, number]> {
  const settings: Record<string, [number, number]> = {};
  for (const group of parameterGroups(owner(), options)) {
    for (const name of group.parameters.keys()) {
      settings[name] = [group.learningRateScale, group.weightDecay];
    }
  }
  return settings;
}

beforeAll(async () => {
  tf.enableProdMode(); // silences an advertisement
  await tf.setBackend('cpu');
});

describe('parameterGroups', () => {
  it('scales the rate of the encoder, with or without a decay of its layers', () => {
    const scaled = settings({ weightDecay: 0, encoderScale: 0.1 });
    expect(scaled['encoder.blocks.0.norm1.weight']).toEqual([0.1, 0]);
    expect(scaled['head.out.weight']).toEqual([1, 0]);
    const both = settings({ weightDecay: 0, encoderScale: 0.5, layerDecay: 0.5, encoder });
    expect(both['encoder.pos_embed']).toEqual([0.5 * 0.5 ** 3, 0]);
    expect(both['head.out.weight']).toEqual([1, 0]);
  });

  it('decays matrices and kernels, not biases, norms, positions and tokens', () => {
    const groups = parameterGroups(owner(), { weightDecay: 0.05 });

    expect(groups).toHaveLength(2);
    expect(settings({ weightDecay: 0.05 })).toEqual({
      'encoder.patch_embed.proj.weight': [1, 0.05],
      'encoder.pos_embed': [1, 0],
      'encoder.blocks.0.norm1.weight': [1, 0],
      'encoder.blocks.0.attn.qkv.weight': [1, 0.05],
      'encoder.blocks.1.attn.qkv.weight': [1, 0.05],
      'encoder.blocks.1.attn.qkv.bias': [1, 0],
      mask_token: [1, 0],
      'head.out.weight': [1, 0.05],
    });
  });

  it('slows layers by their distance from the output, the head at full rate', () => {
    const found = settings({ weightDecay: 0, layerDecay: 0.5, encoder });

    expect(found['encoder.patch_embed.proj.weight']?.[0]).toBe(0.125);
    expect(found['encoder.blocks.0.norm1.weight']?.[0]).toBe(0.25);
    expect(found['encoder.blocks.1.attn.qkv.bias']?.[0]).toBe(0.5);
    expect(found['head.out.weight']?.[0]).toBe(1);
  });

  it('sets frozen encoders apart, and leaves one that is never trained out', () => {
    const some = parameterGroups(owner(), { weightDecay: 0, frozenEncoderSteps: 4 });
    const none = settings({ weightDecay: 0, frozenEncoderSteps: Infinity });

    const frozen = some.filter(({ frozenSteps }) => frozenSteps === 4);
    expect(frozen.flatMap(({ parameters }) => [...parameters.keys()])).toHaveLength(6);
    expect(Object.keys(none)).toEqual(['mask_token', 'head.out.weight']);
  });

  it('refuses layer-wise decay without an encoder', () => {
    let error: unknown;
    try {
      parameterGroups(owner(), { weightDecay: 0, layerDecay: 0.5 });
    } catch (thrown) {
      error = thrown;
    }

    expect(isVoxmimError(error, 'INVALID_CONFIG') && error.details.path).toBe('layerDecay');
  });
});
