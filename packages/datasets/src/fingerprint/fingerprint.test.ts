import { affineOf, isVoxmimError, type Shape3, type Spacing3, volumeOf } from '@voxmim/core';

import { Fingerprint } from './fingerprint.js';
import { FingerprintCollector } from './fingerprint-collector.js';
import { proposeFor, proposeSpacing } from './propose.js';

const grids = (shape: Shape3, ...spacings: Spacing3[]) =>
  spacings.map((spacing) => ({ shape, spacing }));

describe('proposeSpacing, by the rule of nnU-Net', () => {
  it('takes the median along each axis', () => {
    const cases = grids([100, 100, 100], [1, 1, 2], [2, 1, 1], [3, 0.5, 1]);
    expect(proposeSpacing(cases)).toEqual([2, 1, 1]);
  });

  it('takes the 10th percentile where slices are few and far apart', () => {
    const cases = grids([20, 300, 300], [4, 1, 1], [5, 1, 1], [6, 1, 1]);
    expect(proposeSpacing(cases)[0]).toBeCloseTo(4.2, 10);
    expect(proposeSpacing(grids([200, 300, 300], [4, 1, 1], [5, 1, 1], [6, 1, 1]))[0]).toBe(5);
  });

  it('goes no finer than the other axes', () => {
    const cases = grids([20, 300, 300], [0.5, 1, 1], [5, 1, 1], [6, 1, 1]);
    const [depth] = proposeSpacing([...cases, ...cases, ...grids([20, 300, 300], [5, 1, 1])]);
    expect(depth).toBeCloseTo(1 + 1e-5, 10);
  });
});

describe('proposeFor', () => {
  it('takes crops of 96³ with tokens of 16³ where volumes are large and even', () => {
    const { crop, patchSize, medianShape } = proposeFor(grids([300, 300, 300], [1, 1, 1]));
    expect({ crop, patchSize, medianShape }).toEqual({
      crop: [96, 96, 96],
      patchSize: [16, 16, 16],
      medianShape: [300, 300, 300],
    });
  });

  it('covers small volumes whole, with tokens that divide the crop', () => {
    const { crop, patchSize } = proposeFor(grids([36, 50, 35], [1, 1, 1]));
    expect(patchSize).toEqual([8, 8, 8]);
    expect(crop).toEqual([40, 48, 40]);
  });

  it('takes flatter crops and tokens of thick slices, as long in millimetres each way', () => {
    const { crop, patchSize } = proposeFor(grids([90, 512, 512], [4, 1, 1]));
    expect(patchSize).toEqual([4, 16, 16]);
    expect(volumeOf(crop)).toBeLessThan(1.3 * 96 ** 3);
    expect(Math.abs(crop[0] * 4 - crop[1])).toBeLessThanOrEqual(16);
  });
});

describe('FingerprintCollector', () => {
  const collectorOf = (foreground: 'labels' | 'aboveMean', classes = ['background', 'a', 'b']) =>
    new FingerprintCollector({ name: 'set', classes, expectedCases: 2, foreground });
  const image = (...values: number[]) => ({
    data: Int16Array.from(values),
    shape: [1, 1, values.length] as const,
    channels: 1,
    affine: affineOf([4, 1, 2]),
  });
  const labels = (...values: number[]) => ({
    ...image(),
    shape: [1, 1, values.length] as const,
    data: Uint8Array.from(values),
  });

  it('takes intensities of labeled voxels, each case counting the same', () => {
    const collector = collectorOf('labels');
    collector.add('one', image(-1000, 10, 20, 900), labels(0, 1, 1, 0));
    collector.add('two', image(40, 40, 40, 5), labels(1, 1, 2, 0));
    const found = collector.finish();
    // Means 15 and 40; variances 25 and 0 within, and 12.5² between.
    expect(found.channels[0].mean).toBeCloseTo(27.5, 10);
    expect(found.channels[0].std).toBeCloseTo(Math.sqrt(12.5 + 12.5 ** 2), 6);
    expect(found.channels[0]).toMatchObject({ low: 10, high: 40, lowest: 10, highest: 40 });
    expect(found.classes).toEqual([
      { name: 'a', cases: 2, medianMl: 0.016, share: 4 / 8 },
      { name: 'b', cases: 1, medianMl: 0.008, share: 1 / 8 },
    ]);
    expect(Fingerprint.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
  });

  it('takes what is above the mean where nothing is labeled, and axes as in RAS', () => {
    const collector = collectorOf('aboveMean', []);
    const turned = { ...image(-1000, -1000, 40, 60), affine: affineOf([4, 1, 2]) };
    const [right, anterior, superior] = turned.affine;
    collector.add('one', { ...turned, affine: [superior, anterior, right] });
    const { channels, cases, classes } = collector.finish();
    expect(channels[0].mean).toBeCloseTo(50, 10);
    expect(cases).toEqual([{ id: 'one', shape: [4, 1, 1], spacing: [2, 1, 4] }]);
    expect(classes).toEqual([]);
  });

  it('refuses a data set without foreground', () => {
    const collector = collectorOf('labels');
    collector.add('one', image(1, 2), labels(0, 0));
    try {
      collector.finish();
      throw new Error('nothing was thrown');
    } catch (error) {
      expect(isVoxmimError(error, 'INVALID_DATA')).toBe(true);
    }
  });
});
