import { affineOf, createRandom, type Shape3, type Volume, volumeOf } from '@voxmim/core';
import fc from 'fast-check';

import { augment } from './augment.js';
import { AugmentationConfig, noAugmentation, twoViewAugmentation } from './config.js';

const shape = [6, 7, 7] as const;
const image = ramp(shape, 2);
const labels: Volume<Uint8Array> = {
  ...image,
  channels: 1,
  data: Uint8Array.from({ length: volumeOf(shape) }, (_, index) => [0, 3, 7, 200][index % 4]),
};

function ramp(extents: Shape3, channels = 1): Volume<Float32Array> {
  const data = Float32Array.from({ length: volumeOf(extents) * channels }, (_, at) => at / 100);
  return { data, shape: extents, channels, affine: affineOf([2, 1, 1]) };
}

const configOf = (input: object) => AugmentationConfig.parse({ ...noAugmentation, ...input });

/** Every transform, always. */
const always: Record<string, object> = {
  flip: { probability: 1 },
  rotate90: { probability: 1 },
  affine: { probability: 1, shear: 0.1 },
  zoom: { probability: 1 },
  elastic: { probability: 1, spacing: 4, displacement: 1.5 },
  biasField: { probability: 1 },
  noise: { probability: 1 },
  blur: { probability: 1 },
  brightness: { probability: 1 },
  contrast: { probability: 1 },
  lowResolution: { probability: 1 },
  gamma: { probability: 1 },
  scale: { probability: 1 },
  shift: { probability: 1 },
  coarseDropout: { probability: 1, variants: [{ holes: 2, size: 2, maxSize: 3, drops: 'boxes' }] },
  coarseShuffle: { probability: 1, holes: 3, size: 3 },
};
const spatial = ['flip', 'rotate90', 'affine', 'zoom', 'elastic'];
const names = Object.keys(always);

it('knows every transform', () => {
  expect(names.sort()).toEqual(Object.keys(configOf({})).sort());
});

it('has the defaults of the paper: flips, turns in the axial plane and a shift', () => {
  const config = AugmentationConfig.parse({});
  const active = Object.entries(config).filter(([, { probability }]) => probability > 0);
  expect(active).toEqual([
    ['flip', { probability: 0.1, axes: ['depth', 'height', 'width'] }],
    ['rotate90', { probability: 0.1, planes: ['heightWidth'] }],
    ['shift', { probability: 0.5, offset: 0.1 }],
  ]);
});

it('returns the sample where nothing happens', () => {
  const sample = { image, labels };
  expect(augment(sample, configOf({}), createRandom(1))).toBe(sample);
});

describe.each(names)('%s', (name) => {
  const config = configOf({ [name]: always[name] });

  it('gives the same for the same seed and something else for another, and keeps what it was given', () => {
    const before = image.data.slice();
    const draw = (seed: number) => augment({ image, labels }, config, createRandom(seed));
    const [one, same, other] = [draw(1), draw(1), draw(3)];
    expect(one.image.data).toEqual(same.image.data);
    expect(one.labels).toEqual(same.labels);
    if (name !== 'flip') expect(one.image.data).not.toEqual(other.image.data);
    expect(one.image.data).not.toEqual(image.data);
    expect(image.data).toEqual(before);
    expect(one.image.data.every(Number.isFinite)).toBe(true);
  });

  it('touches labels only where it moves voxels, and never invents one', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const moved = augment({ image, labels }, config, createRandom(seed)).labels;
        if (!spatial.includes(name)) {
          expect(moved).toBe(labels);
          return;
        }
        const known = new Set(labels.data);
        expect(moved?.data.every((label) => known.has(label))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('leaves the draws of the others as they were', () => {
    const shift = { shift: { probability: 1 } };
    const shiftOf = (input: object) => {
      const flat = { ...image, data: new Float32Array(image.data.length) };
      return augment({ image: flat }, configOf(input), createRandom(5)).image.data[0];
    };
    const harmless = ['noise', 'biasField', 'coarseDropout', 'shift'].includes(name)
      ? {}
      : { [name]: always[name] };
    expect(shiftOf({ ...harmless, ...shift })).toBe(shiftOf(shift));
  });
});

it.each([
  ['affine', { probability: 1, rotationDeg: [0, 0, 0], scale: [1, 1] }],
  ['zoom', { probability: 1, factor: [1, 1] }],
  ['elastic', { probability: 1, displacement: 0 }],
  ['biasField', { probability: 1, coefficient: [0, 0] }],
  ['noise', { probability: 1, deviation: [0, 0] }],
  ['blur', { probability: 1, sigma: [0, 0] }],
  ['brightness', { probability: 1, factor: [1, 1] }],
  ['contrast', { probability: 1, factor: [1, 1] }],
  ['lowResolution', { probability: 1, zoom: [1, 1] }],
  ['gamma', { probability: 1, exponent: [1, 1], invertProbability: 0.5 }],
  ['scale', { probability: 1, factor: 0 }],
  ['shift', { probability: 1, offset: 0 }],
  ['coarseShuffle', { probability: 1, size: 1 }],
])('%s of no strength changes nothing', (name, input) => {
  const moved = augment({ image, labels }, configOf({ [name]: input }), createRandom(2));
  moved.image.data.forEach((value, index) => expect(value).toBeCloseTo(image.data[index], 5));
  expect(moved.labels?.data).toEqual(labels.data);
});

describe('flips and turns', () => {
  const cube = ramp([2, 2, 2]);
  const classes = { ...cube, data: Uint8Array.from(cube.data, (_, index) => index) };
  const planes = ['heightWidth', 'depthWidth', 'depthHeight'];

  it('reach every order that eight flips and three transpositions give, and no other', () => {
    const config = configOf({ flip: { probability: 0.5 }, rotate90: { probability: 1, planes } });
    const orders = new Set<string>();
    for (let seed = 0; seed < 400; seed++) {
      const moved = augment({ image: cube, labels: classes }, config, createRandom(seed));
      const order = [...(moved.labels?.data ?? [])];
      expect([...moved.image.data]).toEqual(order.map((at) => cube.data[at]));
      orders.add(order.join());
    }
    expect(orders.size).toBe(32);
  });

  it('come back after two flips or four turns', () => {
    for (let seed = 0; seed < 40; seed++) {
      for (const [input, times] of [
        [{ flip: { probability: 0.5 } }, 2],
        [{ rotate90: { probability: 1, planes } }, 4],
      ] as const) {
        let moved = { image: ramp([3, 3, 3]) };
        for (let time = 0; time < times; time++) {
          moved = augment(moved, configOf(input), createRandom(seed));
        }
        expect(moved.image.data).toEqual(ramp([3, 3, 3]).data);
      }
    }
  });

  it('leave alone the axes that are not named, and planes of unequal sides', () => {
    const flipped = augment(
      { image },
      configOf({ flip: { probability: 1, axes: ['depth'] } }),
      createRandom(1),
    ).image;
    expect(flipped.data.subarray(0, 98)).toEqual(image.data.subarray(5 * 98));
    const sample = { image };
    const turn = configOf({ rotate90: { probability: 1, planes: ['depthWidth'] } });
    expect(augment(sample, turn, createRandom(1))).toBe(sample);
  });
});

describe('coarse transforms', () => {
  const view = ramp([12, 12, 12]);
  const changed = (input: object, seed = 1) => {
    const { data } = augment({ image: view }, configOf(input), createRandom(seed)).image;
    const range = [view.data[0], view.data[view.data.length - 1]];
    expect(data.every((value) => value >= range[0] && value <= range[1])).toBe(true);
    return data.filter((value, index) => value !== view.data[index]).length;
  };
  const dropout = (variants: object[]) => ({ coarseDropout: { probability: 1, variants } });

  it('drop out one box, or all but one, or either', () => {
    const boxes = { holes: 1, size: 3, drops: 'boxes' };
    const outside = { holes: 1, size: 3, drops: 'outside' };
    expect(changed(dropout([boxes]))).toBe(27);
    expect(changed(dropout([outside]))).toBe(12 ** 3 - 27);
    const both = Array.from({ length: 12 }, (_, seed) => changed(dropout([boxes, outside]), seed));
    expect(new Set(both)).toEqual(new Set([27, 12 ** 3 - 27]));
  });

  it('draw sides between the least and the largest', () => {
    const box = { holes: 1, size: 2, maxSize: 3, drops: 'boxes' };
    const counts = Array.from({ length: 60 }, (_, seed) => changed(dropout([box]), seed));
    expect(new Set(counts)).toEqual(new Set([8, 12, 18, 27]));
  });

  it('shuffle a box, every voxel kept', () => {
    const config = configOf({ coarseShuffle: { probability: 1, holes: 1, size: 12 } });
    const { data } = augment({ image: view }, config, createRandom(1)).image;
    expect(data).not.toEqual(view.data);
    expect(data.slice().sort()).toEqual(view.data);
  });

  it('are the two views of the tutorial for its crops, and cover as much of others', () => {
    const own = AugmentationConfig.parse({
      ...noAugmentation,
      coarseDropout: { probability: 1 },
      coarseShuffle: { probability: 0.8 },
    });
    expect(AugmentationConfig.parse(twoViewAugmentation([96, 96, 96]))).toEqual(own);
    const { coarseDropout, coarseShuffle } = twoViewAugmentation([12, 48, 24]);
    expect(coarseDropout.variants.map(({ size, maxSize }) => [size, maxSize])).toEqual([
      [1, 8],
      [5, 16],
    ]);
    expect(coarseShuffle.size).toBe(2);
  });
});

it.each([
  [{ flip: { probability: 2 } }],
  [{ flip: 0.1 }],
  [{ noise: { deviation: [0.2, 0.1] } }],
  [{ elastic: { spacing: 8, displacement: 4 } }],
  [{ blurr: {} }],
])('refuses %j', (input) => {
  expect(AugmentationConfig.safeParse(input).success).toBe(false);
});
