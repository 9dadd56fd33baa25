import { stringify } from 'yaml';

import { dataFacts } from './data-facts.js';

it('says what the training volumes were like', () => {
  const channel = { low: [0, 3], high: [120, 424_000], width: [120, 424_000], start: [0, 0.1] };
  const seen = { cases: 16, modalities: ['MR'], spacing: [[1, 1, 1], [1.25, 1, 1]], channels: [channel] }; // prettier-ignore
  expect(dataFacts(stringify({ data: { path: 'x', seen } }))).toEqual([
    { label: 'Training volumes', value: 'MR; voxels of 1 × 1 × 1 to 1.25 × 1 × 1 mm (16 looked at)' },
    { label: 'Intensities', value: '0.5th percentile 0 to 3, 99.5th 120 to 424,000' },
  ]); // prettier-ignore
});

it('says nothing of a run that kept nothing', () => {
  expect(dataFacts('data: { path: x }')).toEqual([]);
});
