import '@tensorflow/tfjs-backend-cpu';
import { createRandom, isVoxmimError, type Exchange } from '@voxmim/core';
import { BatchNorm, buffer, Linear, Module } from '@voxmim/nn';
import { expectClose, localExchanges, noise } from '@voxmim/testing';
import { variablesOf } from '@voxmim/weights';
import * as tf from '@tensorflow/tfjs-core';

import {
  AdamW,
  parameterGroups,
  train,
  type TrainingObserver,
  type TrainOptions,
} from '../index.js';
import { gatherRows } from './gather-rows.js';

/** Layers, running statistics, and state that is no average. */
class Tiny extends Module {
  readonly first: Linear;
  readonly norm = new BatchNorm(4);
  readonly second: Linear;
  readonly counted = buffer(() => tf.scalar(3));

  constructor(seed: number) {
    super();
    // A bias before a norm has no gradient but rounding, which AdamW makes steps of.
    this.first = new Linear(3, 4, { random: createRandom(seed, 'first'), bias: false });
    this.second = new Linear(4, 1, { random: createRandom(seed, 'second') });
  }
}

interface Batch {
  readonly sampleIds: readonly string[];
  readonly inputs: Float32Array;
}

async function loadBatch(step: number, pass: number): Promise<Batch> {
  const random = createRandom(7, 'batch', step, pass);
  const inputs = Float32Array.from({ length: 12 }, () => random.normal());
  return { sampleIds: [`${step}-${pass}`], inputs };
}

/** A training of 6 steps of 4 passes, alone or with others. */
function trained(exchange: Exchange | undefined, more: Partial<TrainOptions<Batch>> = {}) {
  // All but the first begin with other weights: they must not matter.
  const model = new Tiny(exchange?.rank ?? 0);
  const optimizer = new AdamW(parameterGroups(model, { weightDecay: 0.05 }));
  const losses: number[] = [];
  const samples: number[] = [];
  const seen: string[] = [];
  const watch: TrainingObserver = {
    onStep: (record) => {
      losses.push(record.loss, record.gradientNorm);
      samples.push(record.samples);
    },
  };
  const options: TrainOptions<Batch> = {
    ...{ model, optimizer, seed: 7, steps: 6, accumulate: 4, clipNorm: 1 },
    schedule: () => 0.05,
    loadBatch: (step, pass) => {
      seen.push(`${step}-${pass}`);
      return loadBatch(step, pass);
    },
    loss: ({ inputs }, context) => {
      const rows = tf.tensor2d(inputs, [4, 3]);
      const hidden = tf.reshape<tf.Rank.R5>(model.first.call(rows), [4, 1, 1, 1, 4]);
      const normed = tf.reshape<tf.Rank.R2>(model.norm.call(hidden, context), [4, 4]);
      return tf.mean(tf.square(tf.sub(model.second.call(normed), tf.sum(rows, 1, true))));
    },
    observers: [watch],
    ...(exchange && { exchange }),
    ...more,
  };
  return { model, optimizer, losses, samples, seen, run: () => train(options) };
}

it('makes of processes what accumulation makes of passes: losses, norms, weights, running statistics', async () => {
  const alone = trained(undefined);
  const together = localExchanges(2).map((exchange) => trained(exchange));
  const before = tf.memory().numTensors;

  await alone.run();
  await Promise.all(together.map(({ run }) => run()));

  expect(tf.memory().numTensors).toBe(before);
  expect(together.map(({ seen }) => seen.slice(0, 4))).toEqual([
    ['0-0', '0-1', '1-0', '1-1'],
    ['0-2', '0-3', '1-2', '1-3'],
  ]);
  for (const { losses, model, samples } of together) {
    expect(samples).toEqual(alone.samples);
    losses.forEach((loss, index) => expect(loss).toBeCloseTo(alone.losses[index]!, 5));
    for (const [name, variable] of variablesOf(model)) {
      const expected = variablesOf(alone.model).get(name)!;
      await expectClose(variable, expected, { absolute: 1e-5, relative: 1e-5 });
    }
  }
  const [first, second] = together.map(({ model }) => model);
  await expectClose(first!.norm.runningVar, second!.norm.runningVar, { absolute: 0, relative: 0 });
});

it('stops all after the same step where one is told to', async () => {
  const stop = new AbortController();
  const [first, second] = localExchanges(2);
  const told = trained(second, {
    signal: stop.signal,
    observers: [{ onStep: ({ step }) => (step === 3 ? stop.abort() : undefined) }],
  });
  const results = await Promise.all([trained(first).run(), told.run()]);
  expect(results).toMatchObject(Array(2).fill({ status: 'interrupted', step: 4 }));
});

it('ends all, with the samples of all, where the loss of one is no number', async () => {
  const poison = (step: number, pass: number) =>
    loadBatch(step, pass).then((batch) => {
      if (step === 1 && pass === 0) batch.inputs.fill(NaN);
      return batch;
    });
  const runs = localExchanges(2).map((exchange) => trained(exchange, { loadBatch: poison }).run());
  for (const ended of await Promise.allSettled(runs)) {
    expect(ended).toMatchObject({ status: 'rejected', reason: { code: 'NON_FINITE_LOSS' } });
    const reason: unknown = ended.status === 'rejected' ? ended.reason : undefined;
    const samples = isVoxmimError(reason, 'NON_FINITE_LOSS') ? reason.details.samples : [];
    expect(samples).toEqual(['1-0', '1-1', '1-2', '1-3']);
  }
});

it('refuses processes that cannot divide the passes', async () => {
  const [first] = localExchanges(3);
  await expect(async () => trained(first).run()).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
});

it('gives rows of others a part in the loss, and the mean gradient of processes is that of one', async () => {
  const rows = [noise<tf.Rank.R2>([2, 3], 1), noise<tf.Rank.R2>([2, 3], 2)];
  const loss = (all: tf.Tensor2D) =>
    tf.sum<tf.Scalar>(tf.logSoftmax(tf.matMul(all, all, false, true)));
  const whole = tf.grad((all) => loss(all as tf.Tensor2D))(tf.concat(rows, 0));
  const own = rows.map((mine, rank) => {
    const all = () => tf.concat2d(rows, 0);
    const exchange = { ...localExchanges(2)[rank]!, rank, size: 2, gatherRows: all };
    return tf.grad((x) => loss(gatherRows(exchange, x as tf.Tensor2D)))(mine);
  });
  await expectClose(tf.div(tf.concat(own, 0), 2), whole, { absolute: 1e-6, relative: 1e-5 });
});
