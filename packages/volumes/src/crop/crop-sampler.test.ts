import { affineOf, createRandom, type Shape3, volumeOf } from '@voxmim/core';
import fc from 'fast-check';

import { balancedCrops, movedCrop, uniformCrops } from './crop-sampler.js';
import { countOf, isOfKind, rowOfRank, takeCensus, type VoxelKind } from './voxel-census.js';

function drawn(seed: number, shape: Shape3, channels = 1) {
  const random = createRandom(seed);
  const grid = { shape, affine: affineOf([1, 1, 1]) };
  const labels = Uint8Array.from({ length: volumeOf(shape) }, () =>
    random.uniform() < 0.15 ? 1 + random.integer(3) : 0,
  );
  const data = Float32Array.from({ length: labels.length * channels }, () => random.normal());
  return {
    image: { data, channels, ...grid },
    labels: { data: labels, channels: 1, ...grid },
  };
}

const shapes = fc.tuple(
  fc.integer({ min: 1, max: 5 }),
  fc.integer({ min: 1, max: 6 }),
  fc.integer({ min: 1, max: 7 }),
);
const kinds = fc.constantFrom<VoxelKind>('organs', 'background');

describe('takeCensus', () => {
  it('leads to the row of every voxel of a kind, in memory order', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        shapes,
        kinds,
        fc.integer({ min: 1, max: 2 }),
        (seed, shape, kind, channels) => {
          const { image, labels } = drawn(seed, shape, channels);
          const rows = takeCensus(image, labels, 0.25)[kind];
          const places = [...labels.data.keys()].filter((at) =>
            isOfKind(kind, labels.data[at], image.data[at * channels], 0.25),
          );
          expect(countOf(rows)).toBe(places.length);
          places.forEach((place, n) => {
            const row = Math.floor(place / shape[2]);
            const earlier = places.filter((other) => Math.floor(other / shape[2]) < row).length;
            expect(rowOfRank(rows, n)).toEqual({ row, rank: n - earlier });
          });
        },
      ),
    );
  });
});

describe('movedCrop', () => {
  it('reaches every place within the distance and the volume, and no other', () => {
    const volume: Shape3 = [9, 3, 2];
    const box = { origin: [1, 0, -1], shape: [3, 3, 4] } as const;
    const places = Array.from({ length: 80 }, (_, seed) =>
      movedCrop(box, volume, [3, 3, 3], createRandom(seed)).origin.join(),
    );
    expect([...new Set(places)].sort()).toEqual(['0,0,-1', '1,0,-1', '2,0,-1', '3,0,-1', '4,0,-1']);
  });

  it('stays where it is when it may not move', () => {
    fc.assert(
      fc.property(fc.nat(), shapes, shapes, (seed, volume, crop) => {
        const box = uniformCrops(volume, crop)(createRandom(seed));
        expect(movedCrop(box, volume, [0, 0, 0], createRandom(seed, 'move'))).toEqual(box);
      }),
    );
  });
});

describe('balancedCrops', () => {
  it('chooses each voxel of the kind by its place in memory order', () => {
    const { image, labels } = drawn(3, [4, 5, 6], 2);
    const balance = { positive: 1, negative: 0 };
    const sample = balancedCrops(image, labels, [1, 1, 1], balance);
    const organs = [...labels.data.keys()].filter((at) => labels.data[at] > 0);
    for (let seed = 0; seed < 50; seed++) {
      const random = createRandom(seed);
      random.uniform();
      const [d, h, w] = sample(createRandom(seed)).origin;
      expect((d * 5 + h) * 6 + w).toBe(organs[random.integer(organs.length)]);
    }
  });

  it('takes the other kind where one is missing, and any place where both are', () => {
    const { image: any, labels } = drawn(4, [3, 3, 3]);
    const image = { ...any, data: any.data.map((value) => Math.max(value, 0)) };
    const noOrgan = { ...labels, data: new Uint8Array(27) };
    const dark = { ...image, data: new Float32Array(27) };
    const organsOnly = { positive: 1, negative: 0 };
    const [d, h, w] = balancedCrops(image, noOrgan, [1, 1, 1], organsOnly)(createRandom(1)).origin;
    expect(image.data[(d * 3 + h) * 3 + w]).toBeGreaterThan(0);
    expect(balancedCrops(dark, noOrgan, [2, 2, 2], organsOnly)(createRandom(1)).shape).toEqual([
      2, 2, 2,
    ]);
  });
});
