import { patchConfig } from './patch-config.js';

const base = {
  steps: 10,
  crop: [8, 8, 8],
  optimizer: { learningRate: 1, weightDecay: 2 },
  objective: { name: 'mae', decoderDepth: 2 },
};

it('merges mappings and dotted paths, replaces lists, and leaves the base alone', () => {
  const patch = { 'optimizer.learningRate': 3, optimizer: { beta2: 4 }, crop: [4], 'new.field': 5 };

  expect(patchConfig(base, patch)).toEqual({
    ...base,
    crop: [4],
    optimizer: { learningRate: 3, weightDecay: 2, beta2: 4 },
    new: { field: 5 },
  });
  expect(base.optimizer).toEqual({ learningRate: 1, weightDecay: 2 });
});

it('puts another component in the place of one, and changes fields of the same', () => {
  expect(patchConfig(base, { objective: { name: 'simmim' } })['objective']).toEqual({
    name: 'simmim',
  });
  expect(patchConfig(base, { objective: { name: 'mae', decoderDepth: 1 } })['objective']).toEqual({
    name: 'mae',
    decoderDepth: 1,
  });
  expect(patchConfig(base, { 'objective.decoderDepth': 4 })['objective']).toEqual({
    name: 'mae',
    decoderDepth: 4,
  });
});
