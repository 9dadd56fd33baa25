import '@tensorflow/tfjs-backend-cpu';

import { affineOf, isVoxmimError, type Shape3, type Volume, volumeOf } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

// Made by tools/fixtures/segmentation.py.
import golden from '../../fixtures/monai.json' with { type: 'json' };
import { slidingWindow, slidingWindowLogits, slidingWindowRegions } from './sliding-window.js';
import { planWindows, windowWeights } from './windows.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function volumeWave(shape: Shape3, channels: number): Volume<Float32Array> {
  const data = Float32Array.from({ length: volumeOf(shape) * channels }, (_, index) =>
    Math.sin(1.7 * index + 0.6),
  );
  return { data, shape, channels, affine: affineOf([1, 2, 3]) };
}

function shape3(values: readonly number[]): Shape3 {
  return [values[0]!, values[1]!, values[2]!];
}

/** Two channels that depend on the voxel, on its place in the window and on the whole window. */
function model(windows: tf.Tensor5D): tf.Tensor5D {
  const [, d, h, w] = windows.shape;
  const ramp = tf.reshape(tf.div(tf.range(0, d * h * w), 100), [1, d, h, w, 1]);
  const mean = tf.mean(windows, [1, 2, 3, 4], true);
  const first = tf.add(tf.mul(tf.slice(windows, [0, 0, 0, 0, 0], [-1, -1, -1, -1, 1]), 2), ramp);
  const second = tf.add(tf.sub(tf.sum(windows, 4, true), ramp), mean);
  return tf.concat<tf.Tensor5D>([first, second] as tf.Tensor5D[], 4);
}

it.each(golden.windows)('blends as MONAI does: $volume in $roi, $mode', async (item) => {
  const progress: number[] = [];
  const volume = volumeWave(shape3(item.volume), 2);

  const logits = await slidingWindowLogits(volume, model, {
    roi: shape3(item.roi),
    overlap: item.overlap,
    mode: item.mode === 'gaussian' ? 'gaussian' : 'constant',
    batch: item.batch,
    onProgress: (done) => progress.push(done),
  });

  expect(logits.channels).toBe(2);
  expect(logits.shape).toEqual(volume.shape);
  const errors = item.logits.map((value, index) => Math.abs(value - logits.data[index]!));
  expect(logits.data).toHaveLength(errors.length);
  expect(Math.max(...errors)).toBeLessThan(1e-5);
  expect(progress[0]).toBe(Math.min(item.batch, progress.at(-1)!));
});

it.each([NaN, Infinity])(
  'refuses a model that scores %s, and names volume and window',
  async (bad) => {
    const volume = volumeWave([4, 4, 8], 1);
    let calls = 0;
    const broken = (windows: tf.Tensor5D) => tf.mul<tf.Tensor5D>(windows, ++calls > 1 ? bad : 1);
    const options = { roi: [4, 4, 4], overlap: 0, origin: 'scan.nii' } as const;

    const error: unknown = await slidingWindow(volume, broken, options).catch((e: unknown) => e);

    expect(isVoxmimError(error, 'INVALID_DATA') && error.message).toMatch(
      /^scan\.nii cannot be segmented: the model scores it with .* in the window at \[0, 0, 4\]/,
    );
  },
);

it('labels each voxel with its largest logit, on the grid of the volume', async () => {
  const volume = volumeWave([5, 9, 7], 2);
  const options = { roi: [4, 4, 4], batch: 2 } as const;

  const labels = await slidingWindow(volume, model, options);
  const { data: logits } = await slidingWindowLogits(volume, model, options);

  const expected = Array.from(labels.data, (_, cell) =>
    logits[2 * cell + 1]! > logits[2 * cell]! ? 1 : 0,
  );
  expect([...labels.data]).toEqual(expected);
  expect(new Set(labels.data).size).toBe(2);
  expect(labels).toMatchObject({ shape: [5, 9, 7], channels: 1, affine: volume.affine });
});

it('hands on every row of the logits that it decides by, once', async () => {
  const volume = volumeWave([5, 9, 7], 2);
  const options = { roi: [4, 4, 4], batch: 2 } as const;
  const heard = new Float32Array(volumeOf(volume.shape) * 2);
  await slidingWindow(volume, model, {
    ...options,
    onLogits: (line, at, channels) => heard.set(line, at * channels),
  });
  const { data: logits } = await slidingWindowLogits(volume, model, options);
  expect([...heard]).toEqual([...logits]);
});

it('decides each region by itself', async () => {
  const volume = volumeWave([5, 9, 7], 2);
  const options = { roi: [4, 4, 4], batch: 2 } as const;

  const masks = await slidingWindowRegions(volume, model, options);
  const { data: logits } = await slidingWindowLogits(volume, model, options);

  expect([...masks.data]).toEqual(Array.from(logits, (logit) => (logit > 0 ? 1 : 0)));
  expect(masks).toMatchObject({ shape: [5, 9, 7], channels: 2, affine: volume.affine });
});

it('averages a model over its mirror images', async () => {
  const volume = volumeWave([4, 4, 4], 1);
  const ramp = (x: tf.Tensor5D) => {
    const [, d, h, w] = x.shape;
    return tf.add<tf.Tensor5D>(x, tf.reshape(tf.range(0, d * h * w), [1, d, h, w, 1]));
  };

  const logits = await slidingWindowLogits(volume, ramp, { roi: [4, 4, 4], mirror: true });

  // Mirrored back and averaged, the ramp 0 … 63 is its mean everywhere.
  logits.data.forEach((value, index) => expect(value).toBeCloseTo(volume.data[index]! + 31.5, 4));
});

it('keeps no tensor, even of a model that leaves some behind', async () => {
  const before = tf.memory().numTensors;

  await slidingWindow(volumeWave([4, 6, 4], 2), model, { roi: [4, 4, 4] });

  expect(tf.memory().numTensors).toBe(before);
});

it('refuses a model that changes the grid, and frees what it returned', async () => {
  const before = tf.memory().numTensors;
  const crop = (x: tf.Tensor5D) => tf.slice(x, [0, 1, 0, 0, 0], [-1, -1, -1, -1, -1]);

  const run = slidingWindow(volumeWave([4, 4, 4], 1), crop, { roi: [4, 4, 4] });

  await expect(run).rejects.toThrow('returned [1, 3, 4, 4, 1] for windows of [1, 4, 4, 4]');
  expect(tf.memory().numTensors).toBe(before);
});

it('refuses an overlap of one', async () => {
  const run = slidingWindow(volumeWave([4, 4, 4], 1), (x) => x, { roi: [4, 4, 4], overlap: 1 });

  await expect(run).rejects.toThrow('overlap');
});

describe('planWindows', () => {
  it('moves the last window back to end with the volume', () => {
    const { starts } = planWindows([200, 96, 100], [96, 96, 96], [0.25, 0.25, 0.25]);

    expect(starts).toEqual([0, 72, 104].flatMap((d) => [0, 4].map((w) => [d, 0, w])));
  });

  it('pads a small volume on both sides, the odd voxel after', () => {
    expect(planWindows([3, 4, 9], [6, 4, 4], [0, 0, 0])).toMatchObject({
      shape: [6, 4, 9],
      padding: [1, 0, 0],
    });
  });
});

describe('windowWeights', () => {
  it('are highest in the middle and never vanish', () => {
    const weights = windowWeights([4, 4, 4], 'gaussian', 0.125);

    expect(weights[0]).toBeCloseTo(1e-3, 8);
    expect(weights[21]).toBeCloseTo(0.2231, 4);
  });
});
