import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { affineOf } from '@voxmim/core';

import { convertVolume, ConvertConfig, readVolume, writeVolume } from '@voxmim/formats/node';
import { readLabelMap, readLabels } from './read-labels.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxmim-labels-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function written(values: readonly number[]): Promise<string> {
  const path = join(folder, 'labels.nii');
  const volume = { data: Float32Array.from(values), shape: [1, 1, values.length] as const };
  await writeVolume(path, { ...volume, channels: 1, affine: affineOf([1, 1, 1]) }, { kind: 'image' }); // prettier-ignore
  return path;
}

it('takes labels that are off by rounding for what they are', async () => {
  const path = await written([-0.0001, 0.99997, 12.9999, 3.009]);
  expect([...(await readLabels(path, 14)).data]).toEqual([0, 1, 13, 3]);
  const out = join(folder, 'out.nii');
  await convertVolume(path, out, ConvertConfig.parse({ labels: true }));
  expect([...(await readVolume(out)).data]).toEqual([0, 1, 13, 3]);
});

it('refuses what is no whole number, and says how to round', async () => {
  const path = await written([0, 1.02]);
  await expect(readLabels(path, 14)).rejects.toThrow(/labels\.nii has the label 1\.01.*round it/s);
  const convert = convertVolume(path, join(folder, 'o.nii'), ConvertConfig.parse({ labels: true }));
  await expect(convert).rejects.toThrow(/labels\.nii has the label 1\.01.*round it/s);
});

it.each([-1, NaN, Infinity])('refuses the label %d', async (label) => {
  await expect(readLabels(await written([0, label]), 300)).rejects.toThrow(
    /labels\.nii has the label/,
  );
});

it('never makes another label of one beyond 255', async () => {
  const path = await written([0, 11, 1035]);
  expect([...(await readLabelMap(path)).data]).toEqual([0, 11, 1035]);
  await expect(readLabels(path, 2000)).rejects.toThrow(/the label 1035.*at most 255/s);
});
