import { createRandom, isVoxmimError } from '@voxmim/core';
import { Linear, Module } from '@voxmim/nn';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

import {
  AdamW,
  type CheckpointStore,
  parameterGroups,
  restoreSnapshot,
  train,
  type TrainingObserver,
  type TrainingSnapshot,
  type TrainOptions,
  warmupCosine,
  WeightAverage,
} from './index.js';
import { variablesOf } from '@voxmim/weights';

class Tiny extends Module {
  readonly first = new Linear(3, 4, { random: createRandom(1, 'first') });
  readonly second = new Linear(4, 1, { random: createRandom(1, 'second') });

  loss(inputs: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
    const predicted = this.second.call(tf.tanh(this.first.call(inputs)));
    return tf.mean(tf.square(tf.sub(predicted, targets)));
  }
}

interface Batch {
  readonly sampleIds: readonly string[];
  readonly values: readonly number[];
}

class MemoryStore implements CheckpointStore {
  readonly saved: { snapshot: TrainingSnapshot; best: boolean }[] = [];

  save(snapshot: TrainingSnapshot, { best }: { best: boolean }): Promise<string> {
    const copy = (tensors: TrainingSnapshot['model']) =>
      new Map(
        [...tensors].map(([key, { shape, values }]) => [key, { shape, values: values.slice() }]),
      );
    const { model, optimizer, average, ...rest } = snapshot;
    const owned = { ...rest, model: copy(model), optimizer: copy(optimizer) };
    this.saved.push({ snapshot: average ? { ...owned, average: copy(average) } : owned, best });
    return Promise.resolve(`memory/${snapshot.state.step}`);
  }

  get last(): TrainingSnapshot {
    return this.saved.at(-1)!.snapshot;
  }
}

function setUp(overrides: Partial<TrainOptions<Batch>> = {}, averaged = false, frozen = 0) {
  const model = new Tiny();
  const freezing = { encoderPrefix: 'first.', frozenEncoderSteps: frozen };
  const optimizer = new AdamW(parameterGroups(model, { weightDecay: 0.05, ...freezing }));
  const average = averaged ? new WeightAverage(variablesOf(model), 0.9) : undefined;
  const store = new MemoryStore();
  const options: TrainOptions<Batch> = {
    model,
    optimizer,
    ...(average && { average }),
    schedule: warmupCosine({ learningRate: 0.05, steps: 8, warmupSteps: 2 }),
    steps: 8,
    seed: 7,
    loadBatch: async (step, pass) => {
      const random = createRandom(7, 'batch', step, pass);
      return {
        sampleIds: [`sample-${step}-${pass}`],
        values: Array.from({ length: 6 }, () => random.normal()),
      };
    },
    loss: ({ values }) => {
      const inputs = tf.tensor2d([...values], [2, 3]);
      return model.loss(inputs, tf.sum(inputs, 1, true));
    },
    checkpoints: { store, every: 4 },
    ...overrides,
  };
  const free = () => {
    model.dispose();
    optimizer.dispose();
    average?.dispose();
  };
  return { model, optimizer, average, store, options, free };
}

const bytes = (snapshot: TrainingSnapshot) =>
  [snapshot.model, snapshot.optimizer, snapshot.average ?? new Map<string, never>()].map(
    (tensors) =>
      [...tensors].map(([name, { values }]) => [name, Buffer.from(values.buffer).toString('hex')]),
  );

beforeAll(async () => {
  tf.enableProdMode(); // silences an advertisement
  await tf.setBackend('cpu');
});

describe('train', () => {
  it('learns', async () => {
    const losses: number[] = [];
    const observer: TrainingObserver = { onStep: ({ loss }) => void losses.push(loss) };
    const schedule = () => 0.05;
    const { options, free } = setUp({ steps: 60, schedule, observers: [observer] });

    await train(options);

    const mean = (values: number[]) => values.reduce((sum, value) => sum + value) / values.length;
    expect(mean(losses.slice(-10))).toBeLessThan(mean(losses.slice(0, 10)) / 4);
    free();
  });

  it('goes on from a snapshot to the very bits of a run that never stopped', async () => {
    const whole = setUp({ clipNorm: 0.5, accumulate: 2 }, true);
    await train(whole.options);
    const half = setUp({ clipNorm: 0.5, accumulate: 2 }, true);
    const stop = new AbortController();
    const observers = [{ onStep: ({ step }: { step: number }) => step === 3 && stop.abort() }];
    const stopped = await train({
      ...half.options,
      signal: stop.signal,
      observers: observers as TrainingObserver[],
    });
    const rest = setUp({ clipNorm: 0.5, accumulate: 2 }, true);
    restoreSnapshot(rest.options, half.store.last, 'memory');

    await train({
      ...rest.options,
      resumeFrom: { state: half.store.last.state, checkpoint: 'memory' },
    });

    expect(stopped).toMatchObject({ status: 'interrupted', step: 3, checkpoint: 'memory/3' });
    expect(rest.store.last.state.step).toBe(8);
    expect(bytes(rest.store.last)).toEqual(bytes(whole.store.last));
    expect(bytes(half.store.last)).not.toEqual(bytes(whole.store.last));
    for (const { free } of [whole, half, rest]) free();
  });

  it('leaves frozen weights and their averages to the bit, until their step', async () => {
    const settings = { clipNorm: 0.5, accumulate: 2, schedule: () => 0.05 };
    const { model, options, store, free } = setUp({ ...settings, steps: 5 }, true, 3);
    const started = await model.first.weight.data<'float32'>();

    await train({ ...options, checkpoints: { store, every: 1 } });

    const firsts = store.saved.map(({ snapshot }) => snapshot.model.get('first.weight')!.values);
    const averages = store.saved.map(
      ({ snapshot }) => snapshot.average!.get('first.weight')!.values,
    );
    expect(firsts.map((values) => String(values) === String(started))).toEqual([true, true, true, false, false]); // prettier-ignore
    expect(averages.slice(0, 3)).toEqual([started, started, started]);
    const seconds = store.saved.map(({ snapshot }) => String(snapshot.model.get('second.weight')!.values)); // prettier-ignore
    expect(new Set(seconds).size).toBe(5);
    free();
  });

  it('goes on across the step that unfreezes as if it had never stopped', async () => {
    const settings = { clipNorm: 0.5, accumulate: 2 };
    const whole = setUp(settings, true, 3);
    await train(whole.options);
    const half = setUp(settings, true, 3);
    const stop = new AbortController();
    const observer: TrainingObserver = {
      onStep: ({ step }) => {
        if (step === 3) stop.abort();
      },
    };
    await train({ ...half.options, signal: stop.signal, observers: [observer] });
    const rest = setUp(settings, true, 3);
    restoreSnapshot(rest.options, half.store.last, 'memory');

    const { state } = half.store.last;
    await train({ ...rest.options, resumeFrom: { state, checkpoint: 'memory' } });

    expect(bytes(rest.store.last)).toEqual(bytes(whole.store.last));
    for (const { free } of [whole, half, rest]) free();
  });

  it('gives accumulated halves the step of the whole batch', async () => {
    const rows = [0.3, -1.2, 0.8, 1.5, 0.2, -0.4];
    const halves = setUp({ steps: 1, accumulate: 2, schedule: () => 0.1 });
    const one = setUp({ steps: 1, schedule: () => 0.1 });
    const loss = (model: Tiny, values: readonly number[]) => {
      const inputs = tf.tensor2d([...values], [values.length / 3, 3]);
      return model.loss(inputs, tf.sum(inputs, 1, true));
    };

    await train({
      ...halves.options,
      loadBatch: async (_, pass) => ({
        sampleIds: [''],
        values: rows.slice(3 * pass, 3 * pass + 3),
      }),
      loss: ({ values }) => loss(halves.model, values),
    });
    await train({
      ...one.options,
      loadBatch: async () => ({ sampleIds: [''], values: rows }),
      loss: ({ values }) => loss(one.model, values),
    });

    for (const [name, { values }] of one.store.last.model) {
      const other = halves.store.last.model.get(name)!.values;
      for (const [index, value] of values.entries()) expect(other[index]).toBeCloseTo(value, 5);
    }
    halves.free();
    one.free();
  });

  it('stops at a loss that is no number, naming samples and the last good checkpoint', async () => {
    const { options, store, free } = setUp();
    const { loss } = options;
    const spoiled: TrainOptions<Batch> = {
      ...options,
      loss: (batch, context, step) =>
        batch.sampleIds[0] === 'sample-5-0'
          ? tf.mul(NaN, loss(batch, context, step))
          : loss(batch, context, step),
    };

    const error: unknown = await train(spoiled).catch((thrown: unknown) => thrown);

    expect(isVoxmimError(error, 'NON_FINITE_LOSS') && error.details).toEqual({
      step: 6,
      samples: ['sample-5-0'],
      checkpoint: 'memory/4',
    });
    expect(store.saved.map(({ snapshot }) => snapshot.state.step)).toEqual([4]);
    free();
  });

  it('saves on evaluations that are the best so far, with the averaged weights in place', async () => {
    const scores: Record<number, number> = { 2: 0.4, 4: 0.6, 6: 0.5, 8: 0.55 };
    const seen: number[] = [];
    const { options, model, average, store, free } = setUp({ checkpoints: undefined! }, true);
    const first = () => model.first.weight.data<'float32'>();

    const result = await train({
      ...options,
      checkpoints: { store, every: 100 },
      evaluation: {
        every: 2,
        run: async (step) => {
          const averaged = await average!.state().get('first.weight')!.data<'float32'>();
          expect(await first()).toEqual(averaged);
          seen.push(step);
          return { score: scores[step]!, metrics: {} };
        },
      },
    });

    expect(seen).toEqual([2, 4, 6, 8]);
    expect(result.best).toEqual({ step: 4, score: 0.6 });
    expect(store.saved.map(({ snapshot, best }) => [snapshot.state.step, best])).toEqual([
      [2, true],
      [4, true],
      [8, false],
    ]);
    expect(await first()).not.toEqual(await average!.state().get('first.weight')!.data());
    free();
  });

  it('gives every pass of every step a random stream of its own, the same in every run', async () => {
    const draws = async () => {
      const drawn: number[] = [];
      const { options, free } = setUp({ steps: 3, accumulate: 2 });
      await train({
        ...options,
        loss: (batch, context, step) => {
          expect(context.training).toBe(true);
          drawn.push(context.random.uniform());
          return options.loss(batch, context, step);
        },
      });
      free();
      return drawn;
    };

    const [first, second] = [await draws(), await draws()];

    expect(new Set(first).size).toBe(6);
    expect(second).toEqual(first);
  });

  it('holds no more tensors after the last step than after the second', async () => {
    const counts: number[] = [];
    const observer: TrainingObserver = { onStep: () => void counts.push(tf.memory().numTensors) };
    const { options, free } = setUp({ accumulate: 2, clipNorm: 1, observers: [observer] }, true);

    await train(options);

    expect(new Set(counts.slice(1)).size).toBe(1);
    free();
  });

  it('closes observers also when the run fails', async () => {
    const close = jest.fn();
    const { options, free } = setUp({ observers: [{ close }] });

    await expect(
      train({ ...options, loadBatch: () => Promise.reject(new Error('unreadable')) }),
    ).rejects.toThrow('unreadable');

    expect(close).toHaveBeenCalledTimes(1);
    free();
  });
});
