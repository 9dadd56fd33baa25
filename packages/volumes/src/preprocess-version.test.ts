import { createHash } from 'node:crypto';

import type { Affine, Volume } from '@voxmim/core';

import { preprocess, PREPROCESSING_VERSION, PreprocessingConfig } from './preprocess.js';

/** Of what each version makes of the scans below. */
const golden: Readonly<Record<number, Readonly<Record<string, string>> | undefined>> = {
  1: {
    window: '60287e8b38917c6a0c5c9f5548d4b3db2baff8ad56c2c47e66e1562cf9af4d18',
    nnunet: 'a6a2c168154613fe6c11a20e90a6d1317c77a3634f1bc50e570bf7afac8c666c',
  },
  2: {
    window: '60287e8b38917c6a0c5c9f5548d4b3db2baff8ad56c2c47e66e1562cf9af4d18',
    nnunet: '0b31fddae665c29d62b9f1108da17449882ab70085d4611b799dbae6176e4750',
  },
};

const configs = {
  window: { spacing: [2, 1.5, 1.5] },
  nnunet: {
    orientation: 'LPS',
    spacing: [1.2, 1.7, 1],
    sizeConvention: 'nnunet',
    interpolation: 'cubic',
    labelInterpolation: 'oneHotLinear',
    antiAlias: true,
    separateSlices: true,
    intensity: { kind: 'zScore', mask: 'nonzero' },
  },
};

/** An oblique scan of whole numbers, so that it does not change with anything else, and labels. */
function scan() {
  const shape = [9, 24, 20] as const;
  const affine: Affine = [
    [0, 0.2, -0.9, 40],
    [0.4, -0.9, -0.2, 30],
    [3.5, 0.1, 0, -50],
  ];
  const data = new Int16Array(9 * 24 * 20);
  for (let index = 0; index < data.length; index++) {
    const [d, h, w] = [Math.floor(index / 480), Math.floor(index / 20) % 24, index % 20];
    const isBody = (h - 12) ** 2 + (w - 10) ** 2 < 81;
    data[index] = isBody ? ((d * 131 + h * 17 + w * 29) % 397) - 150 : -1000;
  }
  const image: Volume = { data, shape, channels: 1, affine };
  const labels = { ...image, data: Uint8Array.from(data, (value) => (value > 60 ? 2 : value > 0 ? 1 : 0)) }; // prettier-ignore
  return { image, labels };
}

it.each(Object.entries(configs))(
  'cached volumes of this version stay right: %s',
  (name, config) => {
    const { image, labels } = scan();
    const prepared = preprocess(image, labels, PreprocessingConfig.parse(config), {
      origin: 'scan',
      leastShape: [16, 16, 16],
    });
    const hash = createHash('sha256');
    for (const { data, shape } of [prepared.image, prepared.labels!]) {
      hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      hash.update(shape.join());
    }
    const advice = 'the voxels are others: raise PREPROCESSING_VERSION, and add its hashes here';
    expect({ advice, hash: hash.digest('hex') }).toEqual({
      advice,
      hash: golden[PREPROCESSING_VERSION]?.[name],
    });
  },
);
