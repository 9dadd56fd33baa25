import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers gradients

import { createRandom, volumeOf, zipAxes, type Shape3 } from '@voxmim/core';
import { tokenIds } from '@voxmim/nn';
import { expectClose, expectGradients, noise } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import { ConvolutionDecoder } from './convolution-decoder.js';

function decoder(tokensPerCell: Shape3, dim = 3): ConvolutionDecoder {
  return new ConvolutionDecoder(4, { tokensPerCell, values: 5, dim, random: createRandom(1) });
}

const stepsOf = (tokensPerCell: Shape3) =>
  [...decoder(tokensPerCell).namedParameters()]
    .filter(([name]) => name.endsWith('up.weight'))
    .map(([, { shape }]) => shape.slice(2));

describe('ConvolutionDecoder', () => {
  it.each<[Shape3, number[][]]>([
    [[1, 1, 1], [[1, 1, 1]]],
    [
      [1, 4, 4],
      [
        [1, 2, 2],
        [1, 2, 2],
      ],
    ],
    [
      [8, 8, 8],
      [
        [2, 2, 2],
        [2, 2, 2],
        [2, 2, 2],
      ],
    ],
    [
      [3, 6, 2],
      [
        [3, 2, 2],
        [1, 3, 1],
      ],
    ],
  ])('reaches %j tokens per cell in steps %j', (tokensPerCell, steps) => {
    expect(stepsOf(tokensPerCell)).toEqual(steps);
  });

  it.each<Shape3>([
    [1, 1, 1],
    [1, 2, 2],
    [2, 6, 4],
  ])('gives a row for each of the chosen tokens of %d × %d × %d per cell', async (...perCell) => {
    const cells: Shape3 = [2, 1, 3];
    const grid = zipAxes(cells, perCell, (count, size) => count * size);
    const features = noise<tf.Rank.R5>([2, ...cells, 4]);
    const ids = Int32Array.of(1, 3, 0, 5);
    const sound = decoder(perCell);

    const all = sound.decode(features, null);
    const some = sound.decode(features, tokenIds(ids, 2));

    expect(all.shape).toEqual([2, volumeOf(grid), 5]);
    expect(some.shape).toEqual([2, 2, 5]);
    await expectClose(tf.slice(some, [1, 0, 0], [1, 1, 5]), tf.slice(all, [1, 0, 0], [1, 1, 5]));
    await expectClose(tf.slice(some, [1, 1, 0], [1, 1, 5]), tf.slice(all, [1, 5, 0], [1, 1, 5]));
  });

  it('puts each cell over its own tokens', async () => {
    const sound = decoder([1, 2, 2]);
    const near = (cell: number) => {
      const value = new Float32Array(24).fill(1, 4 * cell, 4 * cell + 4);
      return sound.decode(tf.tensor5d(value, [1, 1, 2, 3, 4]), null);
    };
    // Tokens are 4 × 6; a 3 × 3 × 3 kernel reaches one token beyond the 2 × 2 of a cell.
    const changed = (await tf.max(tf.abs(tf.sub(near(0), near(5))), -1).data()) as Float32Array;
    const rows = Array.from({ length: 4 }, (_, row) => [...changed.slice(6 * row, 6 * row + 6)]);
    expect(rows.map((row) => row.map((size) => (size > 0 ? 1 : 0)))).toEqual([
      [1, 1, 1, 0, 0, 0],
      [1, 1, 1, 1, 1, 1],
      [1, 1, 1, 1, 1, 1],
      [0, 0, 0, 1, 1, 1],
    ]);
  });

  it('has the gradient of its numbers', async () => {
    const sound = decoder([2, 1, 2]);
    const features = noise<tf.Rank.R5>([1, 1, 2, 1, 4]);
    await expectGradients((x) => sound.decode(x as tf.Tensor5D, null), [features]);
  });
});
