import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers gradients

import { createRandom, parseConfig, type MaskedObjective, type TokenMask } from '@voxmim/core';
import { VitConfig, VitEncoder } from '@voxmim/encoders';
import { tokenMaskFromFlags } from '@voxmim/masking';
import { expectClose } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

// Made by tools/fixtures/mim.py.
import golden from '../fixtures/mim.json' with { type: 'json' };
import { MaeConfig } from './mae/config.js';
import { MaeObjective } from './mae/mae-objective.js';
import { SimmimConfig } from './simmim/config.js';
import { SimmimObjective } from './simmim/simmim-objective.js';
import { chooseTokens, reconstructionLoss, scoredTokens } from './target.js';

const inputShape = [4, 8, 12] as const;
const patchSize = [2, 4, 4] as const;

function wave<R extends tf.Rank>(shape: tf.ShapeMap[R], phase: number, scale = 1): tf.Tensor<R> {
  const values = Float32Array.from(
    { length: tf.util.sizeFromShape([...shape]) },
    (_, index) => scale * Math.sin(1.7 * index + phase),
  );
  return tf.tensor(values, shape);
}

function goldenMask(): TokenMask {
  const flags = [new Uint8Array(12), new Uint8Array(12)];
  golden.hiddenIds.forEach((id, index) => (flags[index < 7 ? 0 : 1]![id] = 1));
  return tokenMaskFromFlags(flags, [2, 2, 3]);
}

function vit(): VitEncoder {
  const config = { patchSize, embedDim: 12, depth: 2, numHeads: 3, mlpRatio: 2, finalNorm: false };
  const context = { inputShape, inChannels: 2, random: createRandom(1) };
  return new VitEncoder(parseConfig(VitConfig, config, 'test'), context);
}

function setWaves(objective: MaskedObjective, names: readonly string[]): void {
  for (const [phase, name] of names.entries()) {
    const base = name.includes('norm') && name.endsWith('weight') ? 1 : 0;
    const variable = objective.namedParameters().get(name)!;
    variable.assign(tf.add(wave(variable.shape, phase, 0.3), base));
  }
}

it('draws the mask of the fixture', () => {
  expect([...goldenMask().visibleIds]).toEqual(golden.visibleIds);
});

it.each(golden.losses)(
  'scores as facebook MAE, SimMIM and PyTorch do: $loss, normPixLoss $normPixLoss, $lossOn',
  async ({ loss, normPixLoss, lossOn, value }) => {
    const mask = goldenMask();
    const predicted = wave<tf.Rank.R3>([2, 12, 64], 0.9);
    const volumes = wave<tf.Rank.R5>([2, ...inputShape, 2], 0.5);
    const target = parseConfig(SimmimConfig, { loss, normPixLoss, lossOn }, 'test');

    const scored = chooseTokens(predicted, scoredTokens(mask, target.lossOn));
    const ours = reconstructionLoss(scored, volumes, mask, patchSize, target);

    await expectClose(ours, [value], { absolute: 0, relative: 2e-6 });
  },
);

function mae(options: object = {}): MaskedObjective {
  const sizes = { decoderEmbedDim: 8, decoderDepth: 2, decoderNumHeads: 2 };
  const config = parseConfig(MaeConfig, { ...sizes, ...options }, 'test');
  return new MaeObjective(vit(), config, createRandom(1));
}

function simmim(options: object = {}): MaskedObjective {
  const config = parseConfig(SimmimConfig, options, 'test');
  return new SimmimObjective(vit(), config, createRandom(1));
}

describe.each<[string, () => MaskedObjective, typeof golden.mae]>([
  ['MaeObjective', () => mae(), golden.mae],
  ['SimmimObjective', () => simmim(), golden.simmim],
  ['MaeObjective on all voxels', () => mae({ lossOn: 'all' }), golden.maeAll],
  ['SimmimObjective on all voxels', () => simmim({ lossOn: 'all' }), golden.simmimAll],
])('%s against MIM-Med3D’s model of MONAI blocks', (_name, create, expected) => {
  it('has the same parameters, beside the final norm that MIM-Med3D never applies', () => {
    const names = [...create().namedParameters().keys()];
    expect(names.filter((name) => !name.startsWith('encoder.norm.')).sort()).toEqual(
      [...expected.parameters].sort(),
    );
  });

  it('gives the same loss and gradients', async () => {
    const objective = create();
    setWaves(objective, expected.parameters);
    const volumes = wave<tf.Rank.R5>([2, ...inputShape, 2], 0.5);
    const parameters = objective.namedParameters();
    const variables = expected.parameters.map((name) => parameters.get(name)!);

    const { value, grads } = tf.variableGrads(
      () => objective.loss(volumes, goldenMask()),
      variables,
    );

    await expectClose(value, [expected.loss], { absolute: 0, relative: 1e-5 });
    for (const [index, variable] of variables.entries()) {
      const gradient = grads[variable.name]!;
      const { square, first } = expected.gradients[index]!;
      await expectClose(tf.sum(tf.square(gradient)), [square], { absolute: 0, relative: 2e-4 });
      const scale = Math.sqrt(square / gradient.size);
      await expectClose(tf.slice(tf.reshape(gradient, [-1]), 0, first.length), first, {
        absolute: 1e-4 * scale,
        relative: 1e-4,
      });
    }
  });
});
