import type { TrainingData } from '../config/training-data.js';

import type { VolumeLook } from './volume-look.js';
import { unlikeTraining } from './unlike-training.js';

const mr: TrainingData = {
  cases: 16,
  modalities: ['MR'],
  spacing: [
    [1, 1, 1],
    [1.2, 1, 1],
  ],
  channels: [{ low: [0, 10], high: [200, 900], width: [200, 890], start: [0, 0.01] }],
};
const look = (more: Partial<VolumeLook> = {}): VolumeLook => ({
  modality: 'MR',
  spacing: [1, 1, 1],
  channels: [[0, 700]],
  ...more,
});

it('says nothing of a volume that is like the others, nor where nothing is known', () => {
  expect(unlikeTraining(look(), mr)).toEqual([]);
  expect(unlikeTraining(look({ spacing: [3, 0.5, 1], channels: [[4, 3000]] }), mr)).toEqual([]);
  expect(unlikeTraining(look({ modality: 'CT', channels: [[-1000, 900]] }), undefined)).toEqual([]);
});

it('names another modality, and Hounsfield units where there were none', () => {
  const told = unlikeTraining(look({ modality: 'CT', channels: [[-1024, 1200]] }), mr);
  expect(told).toEqual([
    'it is CT, and the model learned from MR.',
    'its intensities reach from -1,020 to 1,200, those of the training from 0 to 900.',
  ]);
});

it('names another scale, wide or narrow', () => {
  expect(unlikeTraining(look({ channels: [[0, 1]] }), mr)).toHaveLength(1);
  expect(unlikeTraining(look({ channels: [[0, 1e5]] }), mr)).toHaveLength(1);
});

it('names voxels of another size', () => {
  expect(unlikeTraining(look({ spacing: [5, 1, 1] }), mr)).toEqual([
    'its voxels are 5 × 1 × 1 mm, those of the training were 1 × 1 × 1 to 1.2 × 1 × 1 mm.',
  ]);
});
