import '@tensorflow/tfjs-backend-cpu';

import { createRandom, volumeOf, type Shape3 } from '@voxmim/core';
import { toyEncoder } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import type { ProbeCrops } from '../batches/probe-crops.js';
import { classFractions, OnlineProbe } from './online-probe.js';

describe('classFractions', () => {
  it('counts classes cell by cell, background left out', () => {
    const labels = Int32Array.from([0, 1, 2, 2, 0, 1, 0, 2]);
    const cells = { grid: [1, 1, 2], stride: [1, 2, 2], numClasses: 3 } as const;
    const { values, width } = classFractions(labels, [1, 2, 4], cells);
    expect([width, ...values]).toEqual([2, 0.5, 0, 0, 0.75]);
  });

  it('takes a cell that the volume cuts off as large as it is', () => {
    const cells = { grid: [1, 2, 1], stride: [2, 2, 2], numClasses: 2 } as const;
    const { values } = classFractions(Int32Array.from([1, 0, 1]), [1, 3, 1], cells);
    expect([...values]).toEqual([0.5, 1]);
  });
});

describe('OnlineProbe', () => {
  const crop: Shape3 = [4, 8, 8];
  const patchSize = [2, 4, 4] as const;

  /** Crops whose labels are where they are bright, or anywhere. */
  function crops(count: number, seed: number, related: boolean): ProbeCrops {
    const random = createRandom(seed);
    const size = count * volumeOf(crop);
    const bright = Array.from({ length: size / 32 }, () => random.integer(2));
    const other = bright.map(() => random.integer(2));
    // One flag for each token.
    const tokenOf = (at: number) => {
      const [d, h, w] = [Math.floor(at / 64), Math.floor(at / 8) % 8, at % 8];
      return (Math.floor(d / 2) * 2 + Math.floor(h / 4)) * 2 + Math.floor(w / 4);
    };
    const voxels = Float32Array.from({ length: size }, (_, at) => bright[tokenOf(at)]!);
    const labels = Int32Array.from({ length: size }, (_, at) =>
      related ? bright[tokenOf(at)]! : other[tokenOf(at)]!,
    );
    return { shape: [count, ...crop, 1], voxels, labels };
  }

  const encoder = toyEncoder({
    ...{ inputShape: crop, inChannels: 1, patchSize, embedDim: 4, random: createRandom(1) },
  });
  const probe = (related: boolean) => {
    const data = { fitted: crops(20, 1, related), judged: crops(20, 2, related), numClasses: 2 };
    return new OnlineProbe(encoder, data, 6);
  };

  it('finds what features hold and nothing else, and leaves no tensor behind', async () => {
    const watch = probe(true);
    const found = await watch.measure();
    const before = tf.memory().numTensors;
    expect(await watch.measure()).toBe(found);
    expect(tf.memory().numTensors).toBe(before);
    expect(found).toBeGreaterThan(0.5);
    expect(await probe(false).measure()).toBeLessThan(0.2);
  });
});
