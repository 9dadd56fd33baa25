import { StudyConfig } from '@voxmim/presets';
import { expandArms } from './expand-arms.js';

const parse = (fields: object) => StudyConfig.parse({ pretrain: {}, labels: [1], ...fields });
const namesOf = (fields: object) => expandArms(parse(fields)).map(({ name }) => name);

const arms = { scratch: {}, mae: { pretrain: {} } };

it('compares scratch with the objective where no arm is named', () => {
  const pretrain = { objective: { name: 'simmim' } };
  expect(expandArms(parse({ pretrain }))).toMatchObject([
    { name: 'scratch', baseline: 'scratch', changes: { pretrain: null } },
    { name: 'simmim', baseline: 'scratch', changes: { pretrain: {} } },
  ]);
});

it('multiplies only arms that pretrain by a field of pretraining', () => {
  const axes = {
    ratio: { field: 'pretrain.masking.maskRatio', values: [0.3, 0.75] },
    patch: { field: 'pretrain.masking.maskPatchSize', values: [[8, 8, 8]] },
  };
  const expanded = expandArms(parse({ arms, axes }));

  expect(expanded.map(({ name, baseline }) => [name, baseline])).toEqual([
    ['scratch', 'scratch'],
    ['mae-ratio-0.3-patch-8x8x8', 'scratch'],
    ['mae-ratio-0.75-patch-8x8x8', 'scratch'],
  ]);
  expect(expanded[1]).toMatchObject({
    family: 'mae',
    at: { ratio: 0.3, patch: [8, 8, 8] },
    changes: { pretrain: { masking: { maskRatio: 0.3, maskPatchSize: [8, 8, 8] } } },
  });
});

it('multiplies all by named changes, compares at the same values, and leaves out what is skipped', () => {
  const axes = { encoder: { arms: { vit: {}, swin: { both: { encoder: { name: 'swin' } } } } } };
  const expanded = expandArms(parse({ arms, axes, skip: ['mae-swin'] }));

  expect(expanded.map(({ name, baseline }) => [name, baseline])).toEqual([
    ['scratch-vit', 'scratch-vit'],
    ['scratch-swin', 'scratch-swin'],
    ['mae-vit', 'scratch-vit'],
  ]);
});

it('adds what shows how much the encoder is worth', () => {
  expect(namesOf({ arms, diagnostics: true })).toEqual([
    ...['scratch', 'mae', 'identity', 'frozen-random', 'mae-frozen'],
  ]);
});

it.each([
  ['a baseline that is not there', { arms, baseline: 'scrath' }, 'did you mean "scratch"'],
  ['a skipped arm that is not there', { arms, skip: ['mea'] }, 'did you mean "mae"'],
  ['an arm that pretrains without a pretraining', { pretrain: null, arms }, 'and there is none'],
])('refuses %s', (_, fields, message) => {
  expect(() => expandArms(parse(fields))).toThrow(message);
});
