import { affineOf, createRandom, isVoxmimError, type Volume } from '@voxmim/core';

import {
  balancedCrops,
  uniformCrops,
  IntensityConfig,
  normalizeIntensity,
  percentileClip,
  windowIntensity,
  zScore,
  preprocess,
  PreprocessingConfig,
} from '@voxmim/volumes';
import { createPhantom } from './phantom/phantom.js';

const line = (...values: number[]): Volume<Float32Array> => ({
  data: Float32Array.from(values),
  shape: [1, 1, values.length],
  channels: 1,
  affine: affineOf([1, 1, 1]),
});

function expectClose(received: Float32Array, expected: readonly number[]): void {
  expect(received).toHaveLength(expected.length);
  expected.forEach((value, index) => expect(received[index]).toBeCloseTo(value, 6));
}

jest.setTimeout(60_000); // machines may be busy; what is tested does not depend on it

describe('intensity', () => {
  it('windows to 0 to 1 and clips', () => {
    const { data } = windowIntensity(line(-500, -175, 37.5, 250, 900), { window: [-175, 250] });
    expectClose(data, [0, 0, 0.5, 1, 1]);
  });

  it('standardizes nonzero voxels and leaves zeros alone', () => {
    const { data } = zScore(line(0, 1, 3, 5), { mask: 'nonzero' });
    const unit = 2 / Math.sqrt(8 / 3);
    expectClose(data, [0, -unit, 0, unit]);
  });

  it('standardizes by the voxels above the mean, and all of them', () => {
    const { data } = zScore(line(0, 0, 10, 14), { mask: 'aboveMean' });
    expectClose(data, [-6, -6, -1, 1]);
  });

  it('standardizes within a mask, and leaves 0 outside', () => {
    const mask = line(0, 1, 1, 0);
    expectClose(zScore(line(9, 2, 4, 7), { mask }).data, [0, -1, 1, 0]);
  });

  it('clips and standardizes by the figures of a data set, as nnU-Net', () => {
    const figures = { low: -100, high: 300, mean: 100, std: 50 };
    const { data } = normalizeIntensity(
      line(-900, 0, 150, 2000),
      { kind: 'nnunet', channels: [figures] },
      'case',
    );
    expectClose(data, [-4, -2, 1, 4]);
    const file = { kind: 'nnunet', file: 'set.json' } as const;
    expect(() => normalizeIntensity(line(0, 1), file, 'case')).toThrow('has not been read');
    expect(IntensityConfig.safeParse({ kind: 'nnunet' }).success).toBe(false);
  });

  it('interpolates percentiles', () => {
    const { data } = percentileClip(line(0, 10, 20, 30, 40), { range: [25, 75] });
    expectClose(data, [0, 0, 0.5, 1, 1]);
  });

  it.each([
    ['NaN', line(1, NaN, 2), 'non-finite voxel'],
    ['infinity', line(1, Infinity, 2), 'non-finite voxel'],
    ['one value', line(4, 4, 4), 'constant image'],
  ])('refuses an image of %s, naming the file', (_, volume, reason) => {
    try {
      zScore(volume, { mask: 'all' }, 'case_7.nii.gz');
      throw new Error('nothing was thrown');
    } catch (error) {
      expect(isVoxmimError(error, 'INVALID_DATA') && error.details.reason).toBe(reason);
      expect(String(error)).toContain('case_7.nii.gz');
    }
  });
});

describe('createPhantom', () => {
  it('gives the same patient for the same seed and index, another for another', () => {
    const [first, again, other] = [0, 0, 1].map((index) => createPhantom({ seed: 3, index }));
    const bytes = ({ image }: typeof first) => Buffer.from(image.data.buffer);
    expect(bytes(again).equals(bytes(first))).toBe(true);
    expect(bytes(other).equals(bytes(first))).toBe(false);
  });

  it('holds every organ, at intensities that overlap between organs', () => {
    const { image, labels } = createPhantom({ seed: 0, index: 4 });
    const valuesOf = (label: number) =>
      [...image.data].filter((_, voxel) => labels.data[voxel] === label);
    const [liver, spleen] = [valuesOf(1), valuesOf(2)];
    for (let label = 1; label < 8; label++) expect(valuesOf(label).length).toBeGreaterThan(20);
    const mean = (values: number[]) =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean(liver) - mean(spleen))).toBeLessThan(40);
  });
});

describe('preprocess', () => {
  const { image, labels } = createPhantom({ seed: 0, index: 2 });
  const options = { origin: 'phantom' };

  it('returns labels to the native grid exactly when nothing was resampled', () => {
    const prepared = preprocess(image, labels, PreprocessingConfig.parse({}), options);
    const back = prepared.toNative(prepared.labels ?? labels);
    expect(back.shape).toEqual(labels.shape);
    expect(back.affine).toEqual(labels.affine);
    const inBody = [...labels.data].filter((label) => label > 0).length;
    expect(
      [...back.data].filter((label, voxel) => label > 0 && label === labels.data[voxel]),
    ).toHaveLength(inBody);
  });

  it('loses little of the labels when resampled there and back', () => {
    const config = PreprocessingConfig.parse({ spacing: [4, 4, 4] });
    const prepared = preprocess(image, labels, config, options);
    const back = prepared.toNative(prepared.labels ?? labels).data;
    const agreeing = [...back].filter((label, voxel) => label === labels.data[voxel]).length;
    expect(agreeing / back.length).toBeGreaterThan(0.995);
  });

  describe('on a small volume', () => {
    const shape = [9, 10, 11] as const;
    const affine = affineOf([1, 1, 1]);
    const values = Float32Array.from({ length: 990 }, (_, index) => ((index * 7919) % 401) - 150);
    const small = { data: values, shape, channels: 1, affine };
    const classes = { ...small, data: Uint8Array.from(values, (value) => (value > 0 ? 1 : 0)) };
    const prepared = (change: object) => {
      const fields = { spacing: [1.6, 1.7, 0.8], cropForeground: false, ...change };
      return preprocess(small, classes, PreprocessingConfig.parse(fields), options);
    };

    it('interpolates as the config says', () => {
      const linear = prepared({});
      for (const change of [
        { interpolation: 'cubic' },
        { antiAlias: true },
        { sizeConvention: 'nnunet' },
        { spacing: [1.6, 1.7, 0.4], separateSlices: true },
      ]) {
        expect([...prepared(change).image.data]).not.toEqual([...linear.image.data]);
      }
      const smooth = prepared({ labelInterpolation: 'oneHotLinear' }).labels?.data;
      expect([...(smooth ?? [])]).not.toEqual([...(linear.labels?.data ?? [])]);
      expect(new Set(smooth)).toEqual(new Set([0, 1]));
    });

    it('leaves the input as it was where nothing has to be done to the grid', () => {
      const before = [...values];
      prepared({ spacing: null });
      expect([...values]).toEqual(before);
    });
  });

  it('pads to the crop with background, and says so', () => {
    const prepared = preprocess(image, labels, PreprocessingConfig.parse({}), {
      origin: 'case_3.nii.gz',
      leastShape: [96, 16, 16],
    });
    expect(prepared.image.shape[0]).toBe(96);
    expect(prepared.image.data[0]).toBe(0);
    expect(prepared.notes[0]).toContain('case_3.nii.gz: padded from');
  });
});

describe('crops', () => {
  const { image, labels } = createPhantom({ seed: 0, index: 2 });
  const float = { ...image, data: Float32Array.from(image.data) };

  it('stay inside the volume and reach both ends', () => {
    const sample = uniformCrops([10, 4, 5], [8, 4, 6]);
    const origins = Array.from({ length: 60 }, (_, seed) => sample(createRandom(seed)).origin);
    expect(new Set(origins.map(([d]) => d))).toEqual(new Set([0, 1, 2]));
    expect(new Set(origins.map(([, h, w]) => `${h} ${w}`))).toEqual(new Set(['0 0']));
  });

  it('center on organs as often as asked', () => {
    const sample = balancedCrops(float, labels, [1, 1, 1], { positive: 3, negative: 1 });
    const hits = Array.from({ length: 400 }, (_, seed) => {
      const [d, h, w] = sample(createRandom(seed)).origin;
      return labels.data[(d * labels.shape[1] + h) * labels.shape[2] + w] > 0 ? 1 : 0;
    });
    const share = hits.reduce<number>((sum, hit) => sum + hit, 0) / hits.length;
    expect(share).toBeGreaterThan(0.68);
    expect(share).toBeLessThan(0.82);
  });
});
