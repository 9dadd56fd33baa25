import { affineOf, type Volume } from '@voxmim/core';
import { decode } from 'fast-png';

import { sliceStack, type StackColumn } from './slice-stack.js';

const grid = { shape: [6, 4, 4] as const, channels: 1, affine: affineOf([1, 1, 1]) };
const image: Volume = { ...grid, data: Float32Array.from({ length: 96 }, (_, at) => at) };
/** Labeled in slices 2 (one voxel) and 3 (two), counted from the feet. */
const labels: Volume = {
  ...grid,
  data: Uint8Array.from({ length: 96 }, (_, at) => Number(at === 32 || at === 48 || at === 49)),
};
const gray = { kind: 'gray', volume: image, range: [0, 96] } as const;
const columns: StackColumn[] = [
  { title: 'Image', layers: [gray] },
  { title: 'Truth', layers: [gray, { kind: 'labels', volume: labels }] },
];

describe('sliceStack', () => {
  it('shows slices with labels and their neighbors, and begins with the fullest', () => {
    const stack = sliceStack(columns, { most: 24, worth: [labels] });

    expect(stack?.slices.map(({ name }) => name)).toEqual([
      ...['Slice 2 of 6', 'Slice 3 of 6', 'Slice 4 of 6', 'Slice 5 of 6'],
    ]);
    expect(stack?.start).toBe(2);
  });

  it('keeps a layer that columns share once', () => {
    const stack = sliceStack(columns, { most: 24, worth: [labels] });

    expect(stack?.images).toHaveLength(8);
    expect(stack?.slices[0]?.layers).toEqual([[0], [0, 1]]);
  });

  it('shows every slice, at most so many, where nothing says which are worth it', () => {
    const names = sliceStack(columns, { most: 3 })?.slices.map(({ name }) => name);

    expect(names).toEqual(['Slice 1 of 6', 'Slice 4 of 6', 'Slice 6 of 6']);
  });

  it('lets the image show through labels', () => {
    const stack = sliceStack(columns, { most: 24, worth: [labels] });
    const layer = decode(Buffer.from(stack?.images[3] ?? '', 'base64'));

    expect(layer.channels).toBe(4);
    const opacities = new Set(Array.from(layer.data).filter((_, at) => at % 4 === 3));
    expect([...opacities].sort()).toEqual([0, 128]);
  });
});
