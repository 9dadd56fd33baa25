import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers gradients

import { createRandom, parseConfig, type Encoder, type ForwardContext } from '@voxmim/core';
import { SwinConfig, SwinEncoder, VitConfig, VitEncoder } from '@voxmim/encoders';
import { expectClose, expectNoLeak, noise, toyEncoder } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

// Made by tools/fixtures/nt-xent.py.
import golden from '../../fixtures/nt-xent.json' with { type: 'json' };
import { SimclrConfig } from './config.js';
import { ntXent, unitLength } from './nt-xent.js';
import { SimclrObjective } from './simclr-objective.js';

const inputShape = [4, 8, 12] as const;
const random = createRandom(1);

function wave(shape: [number, number], phase: number): tf.Tensor2D {
  const values = Float32Array.from({ length: shape[0] * shape[1] }, (_, index) =>
    Math.sin(1.7 * index + phase),
  );
  return tf.tensor2d(values, shape);
}

function simclr(options: Partial<SimclrConfig> = {}, encoder = toy()): SimclrObjective {
  const config = parseConfig(SimclrConfig, { projectionDim: 4, ...options }, 'test');
  return new SimclrObjective(encoder, config, random);
}

function toy() {
  const patchSize = [2, 4, 4] as const;
  return toyEncoder({ inputShape, inChannels: 1, patchSize, embedDim: 6, random });
}

const batch = (count: number, seed = 0) => noise<tf.Rank.R5>([count, ...inputShape, 1], seed);
const training: ForwardContext = { training: true, random };

it('compares the rows that it is given of other processes, and remembers them', async () => {
  const objective = simclr({ memoryBank: 4 });
  const [first, second] = [batch(2, 1), batch(2, 2)];
  const alone = objective.loss(first, second);
  const own = [tf.slice(first, 0, 1), tf.slice(second, 0, 1)] as const;
  const others = [tf.slice(first, 1, 1), tf.slice(second, 1, 1)] as const;
  let call = 0;
  const gatherRows = (rows: tf.Tensor2D) =>
    tf.concat2d([rows, objective.embed(others[call++]!)], 0);
  await expectClose(objective.loss(...own, { ...training, gatherRows }), alone, {
    absolute: 1e-6,
    relative: 1e-5,
  });
  const [kept] = tf.split(objective.memoryBank!, 2, 0);
  await expectClose(kept!, objective.embed(second), { absolute: 1e-6, relative: 1e-5 });
  expect(() => simclr().loss(...own, { ...training, gatherRows: (rows) => rows })).not.toThrow();
});

describe('ntXent', () => {
  it.each(golden)(
    'is MONAI’s and lightly’s: temperature $temperature, bank $banked',
    async ({ temperature, banked, loss, gradient }) => {
      const [first, second] = [wave([4, 6], 0.3), wave([4, 6], 2.1)];
      const negatives = unitLength(wave([5, 6], 4));
      const score = (x: tf.Tensor) =>
        ntXent(unitLength(x as tf.Tensor2D), unitLength(second), {
          temperature,
          ...(banked && { negatives }),
        });

      const { value, grad } = tf.valueAndGrad(score)(first);

      await expectClose(value, [loss], { absolute: 0, relative: 1e-5 });
      await expectClose(grad, gradient, { absolute: 1e-6, relative: 1e-4 });
    },
  );

  it('costs log(2B - 1) where all embeddings are one: a collapse', async () => {
    const same = tf.tile(unitLength(wave([1, 6], 1)), [3, 1]);
    await expectClose(ntXent(same, same, { temperature: 0.2 }), [Math.log(5)]);
  });

  it('stays finite where partners are opposite and the temperature tiny', async () => {
    const first = unitLength(wave([2, 6], 1));
    const [value] = await ntXent(first, tf.neg(first), { temperature: 0.005 }).data();
    expect(Number.isFinite(value)).toBe(true);
  });
});

describe('the memory bank', () => {
  it('takes in the second views of a training pass, the newest first, and drops the oldest', async () => {
    const objective = simclr({ memoryBank: 5 });
    const bank = objective.memoryBank!;
    const before = await bank.data();
    const expected = [...(await objective.embed(batch(3, 2)).data()), ...before.slice(0, 8)];

    objective.loss(batch(3, 1), batch(3, 2), training).dispose();

    await expectClose(bank, expected);
  });

  it('is left alone outside training', async () => {
    const objective = simclr({ memoryBank: 5 });
    const before = await objective.memoryBank!.data();
    objective.loss(batch(2, 1), batch(2, 2)).dispose();
    await expectClose(objective.memoryBank!, before, { absolute: 0, relative: 0 });
  });

  it('is saved with the buffers, not trained, and leaks nothing', () => {
    const objective = simclr({ memoryBank: 2 });
    expect([...objective.namedBuffers().keys()]).toEqual(['memory_bank']);
    expect([...objective.namedParameters().keys()]).not.toContain('memory_bank');
    const step = () => {
      const parameters = [...objective.namedParameters().values()];
      const run = () => objective.loss(batch(3, 1), batch(3, 2), training);
      const { value, grads } = tf.tidy(() => tf.variableGrads(run, parameters));
      return [value, ...Object.values(grads)];
    };
    tf.dispose(step());
    expectNoLeak(step);
  });

  it('is read before the batch enters it: gradients are those of the bank as it was', async () => {
    const objective = simclr({ memoryBank: 3 });
    const parameters = [...objective.namedParameters().values()];
    const gradients = (context?: ForwardContext) => {
      const run = () => objective.loss(batch(2, 1), batch(2, 2), context);
      return tf.variableGrads(run, parameters);
    };
    const still = gradients();
    const pushed = gradients(training);
    await expectClose(pushed.value, still.value);
    for (const [name, gradient] of Object.entries(still.grads))
      await expectClose(pushed.grads[name]!, gradient);
  });

  it('makes earlier volumes count as negatives', async () => {
    const objective = simclr({ memoryBank: 3, temperature: 0.1 });
    const [views, others] = [batch(1, 1), batch(1, 2)];
    const loss = async () => (await objective.loss(views, others).data())[0]!;
    objective.memoryBank!.assign(tf.tile(tf.neg(objective.embed(views)), [3, 1]));
    const far = await loss();
    objective.memoryBank!.assign(tf.tile(objective.embed(views), [3, 1]));
    expect(await loss()).toBeGreaterThan(far + 1);
  });
});

describe('SimclrObjective', () => {
  it('refuses one volume where there is no bank to tell it from', () => {
    expect(() => simclr().loss(batch(1), batch(1))).toThrow('[INVALID_CONFIG]');
  });

  it('has no head where depth is 0, and names its layers else', () => {
    const own = (options: Partial<SimclrConfig>) =>
      [...simclr(options).namedParameters()]
        .filter(([name]) => !name.startsWith('encoder.'))
        .map(([name, { shape }]) => `${name} ${shape.join('x')}`);
    expect(own({ projectionDepth: 0 })).toEqual([]);
    expect(own({ projectionDepth: 3, projectionHiddenDim: 5 })).toEqual([
      'projection.layers.0.weight 5x6',
      'projection.layers.0.bias 5',
      'projection.layers.1.weight 5x5',
      'projection.layers.1.bias 5',
      'projection.layers.2.weight 4x5',
      'projection.layers.2.bias 4',
    ]);
  });

  it('tells views of a volume from others within 30 steps', async () => {
    const objective = simclr({ projectionDim: 8, temperature: 0.2 });
    const first = batch(4, 1);
    const second: tf.Tensor5D = tf.add(first, tf.mul(batch(4, 2), 0.3));
    const optimizer = tf.train.adam(2e-2);
    const parameters = [...objective.namedParameters().values()];

    const [before = 0] = await objective.loss(first, second).data();
    for (let step = 0; step < 30; step++) {
      optimizer.minimize(() => objective.loss(first, second), false, parameters);
    }
    const [after] = await objective.loss(first, second).data();

    expect(after).toBeLessThan(before / 2);
  });

  it.each([
    ['ViT', tinyVit],
    ['Swin', tinySwin],
  ])('embeds each volume by itself over %s, whose first layer learns', async (_name, create) => {
    const encoder = create();
    const config = SimclrConfig.parse({ projectionDim: 4 });
    const objective = new SimclrObjective(encoder, config, random);
    const volumes = batch(2, 1);
    const embedding = encoder.namedParameters().get('patch_embed.proj.weight')!;

    const { grads } = tf.variableGrads(() => objective.loss(volumes, batch(2, 2)), [embedding]);
    const together = objective.embed(volumes);
    const alone = [0, 1].map((at) => objective.embed(tf.slice(volumes, at, 1)));

    await expectClose(tf.concat(alone), together);
    expect((await tf.max(tf.abs(grads[embedding.name]!)).data())[0]).toBeGreaterThan(0);
  });
});

function tinyVit(): Encoder {
  const config = { patchSize: [2, 4, 4], embedDim: 12, depth: 1, numHeads: 2, mlpRatio: 1 };
  return new VitEncoder(VitConfig.parse(config), { inputShape, inChannels: 1, random });
}

function tinySwin(): Encoder {
  const config = {
    ...{ patchSize: [2, 2, 2], embedDim: 6, depths: [1, 1], numHeads: [1, 2] },
    ...{ windowSize: [2, 2, 2], mlpRatio: 1 },
  };
  return new SwinEncoder(SwinConfig.parse(config), { inputShape, inChannels: 1, random });
}
