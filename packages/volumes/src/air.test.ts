import { affineOf, createRandom, type Volume } from '@voxmim/core';

import { balancedCrops } from './crop/crop-sampler.js';
import type { IntensityConfig } from './intensity/intensity-config.js';
import { preprocess, PreprocessingConfig } from './preprocess.js';

const SHAPE = [6, 6, 6] as const;

/** Air around a body of two tissues in each of two channels; `air` and the tissues by channel. */
function scan(air: readonly number[], dark: readonly number[], bright: readonly number[]): Volume {
  const channels = air.length;
  const data = new Float32Array(216 * channels);
  for (let voxel = 0; voxel < 216; voxel++) {
    const [d, h, w] = [Math.floor(voxel / 36), Math.floor(voxel / 6) % 6, voxel % 6];
    const isBody = [d, h, w].every((at) => at > 0 && at < 5);
    for (let c = 0; c < channels; c++) {
      data[voxel * channels + c] = !isBody ? air[c] : (d + h + w) % 2 ? dark[c] : bright[c];
    }
  }
  return { data, shape: SHAPE, channels, affine: affineOf([1, 1, 1]) };
}

const prepared = (image: Volume, intensity: IntensityConfig, change: object = {}) =>
  preprocess(image, undefined, PreprocessingConfig.parse({ intensity, ...change }), {
    origin: 'scan',
    leastShape: [8, 8, 8],
  });

const mr = scan([0, 0], [10, 200], [30, 900]);
const ct = scan([-1000], [-100], [60]);
const figures = { low: -900, high: 100, mean: 20, std: 40 };

it.each<[string, Volume, IntensityConfig]>([
  ['zScore of nonzero', mr, { kind: 'zScore', mask: 'nonzero' }],
  ['zScore of all', mr, { kind: 'zScore', mask: 'all' }],
  ['zScore aboveMean', mr, { kind: 'zScore', mask: 'aboveMean' }],
  ['none', scan([5, -7], [10, 200], [30, 900]), { kind: 'none' }],
  ['percentile', mr, { kind: 'percentile', range: [0.5, 99.5] }],
  ['window', ct, { kind: 'window', window: [-175, 250] }],
  ['nnunet', ct, { kind: 'nnunet', channels: [figures] }],
])('pads with the air of each channel, and cuts it off, by %s', (_, image, intensity) => {
  const kept = prepared(image, intensity, { cropForeground: false });
  const { channels, data } = kept.image;
  expect(kept.image.shape).toEqual([8, 8, 8]);
  // The corner of the scan itself is air; it lies at (1, 1, 1) once padded.
  const inner = (64 + 8 + 1) * channels;
  expect([...data.slice(0, channels)]).toEqual([...data.slice(inner, inner + channels)]);
  expect([...data.slice(0, channels)]).toEqual([...kept.air]);
  expect(prepared(image, intensity).notes.join()).toContain('from [4, 4, 4]');
});

it('pads a window with its bottom, though the scan has no air', () => {
  const { image } = prepared(scan([40], [50], [60]), { kind: 'window', window: [-175, 250] });
  expect(image.data[0]).toBe(0);
});

it('takes the darkest tissue as background that a crop may be centered on, and air never', () => {
  const { image, air } = prepared(mr, { kind: 'zScore', mask: 'nonzero' });
  const labels = { ...image, channels: 1, data: new Uint8Array(512) };
  const sample = balancedCrops(image, labels, [1, 1, 1], { positive: 0, negative: 1 }, air[0]);
  const centers = Array.from({ length: 200 }, (_, seed) => {
    const [d, h, w] = sample(createRandom(seed)).origin;
    return image.data[((d * 8 + h) * 8 + w) * 2];
  });
  expect(centers).not.toContain(0);
  expect(centers.filter((value) => value < 0).length).toBeGreaterThan(60);
});
