import { SplitConfig } from '@voxmim/presets';
import { nestedSubset, splitCases } from './split.js';

const cases = Array.from({ length: 50 }, (_, index) => ({ id: `case_${index}`, hasLabel: true }));
const split = (config: object, list = cases) => splitCases(list, SplitConfig.parse(config), 'data');

it('divides every case once', async () => {
  const { train, validation, test } = await split({ validation: 5, test: 0.2 });
  expect([train.length, validation.length, test.length]).toEqual([35, 5, 10]);
  expect(new Set([...train, ...validation, ...test]).size).toBe(50);
});

it('does not depend on the order of the files', async () => {
  expect(await split({}, [...cases].reverse())).toEqual(await split({}));
});

it('draws anew for another seed', async () => {
  expect((await split({ seed: 1 })).test).not.toEqual((await split({})).test);
});

it('judges on labeled cases only and trains on the others', async () => {
  const mixed = cases.map((entry, index) => ({ ...entry, hasLabel: index < 10 }));
  const { train, validation, test } = await split({ validation: 2, test: 3 }, mixed);
  const labeled = new Set(mixed.filter(({ hasLabel }) => hasLabel).map(({ id }) => id));
  expect([...validation, ...test].every((id) => labeled.has(id))).toBe(true);
  expect(train).toHaveLength(45);
});

it('refuses a split that leaves nothing to train on, overlaps or names unknown cases', async () => {
  await expect(split({ validation: 25, test: 25 })).rejects.toThrow('none is left to train on');
  const lists = { train: ['case_1'], validation: [], test: ['case_1'] };
  await expect(split({ cases: lists })).rejects.toThrow('both train and judge');
  const unknown = { train: ['patient_9'], validation: [], test: [] };
  await expect(split({ cases: unknown })).rejects.toThrow('patient_9');
});

it('takes nested subsets of labels', () => {
  const ids = cases.map(({ id }) => id);
  const [few, more] = [nestedSubset(ids, 5, 0), nestedSubset(ids, 0.4, 0)];
  expect(few).toHaveLength(5);
  expect(more).toHaveLength(20);
  expect(more.slice(0, 5)).toEqual(few);
  expect(nestedSubset(ids, 5, 1)).not.toEqual(few);
});

it('takes the volumes of a subject together, so that few are of few subjects', () => {
  const ids = Array.from({ length: 20 }, (_, index) => `p${index >> 1}_${index % 2}`);
  const subjects = new Map(ids.map((id) => [id, id.slice(0, 2)]));
  const few = nestedSubset(ids, 6, 0, subjects);
  expect(new Set(few.map((id) => subjects.get(id))).size).toBe(3);
  expect(nestedSubset(ids, 11, 0, subjects).slice(0, 6)).toEqual(few);
});

it('tests every case once over the folds, in parts that differ by one at most', async () => {
  const folds = await Promise.all(
    [0, 1, 2, 3].map((fold) => split({ test: { folds: 4, fold }, validation: 5 })),
  );
  expect(folds.map(({ test }) => test.length)).toEqual([13, 13, 12, 12]);
  expect(new Set(folds.flatMap(({ test }) => test)).size).toBe(50);
  for (const { train, validation, test } of folds) {
    expect(train.length + validation.length + test.length).toBe(50);
  }
});

it('keeps the cases of a subject on one side', async () => {
  const scans = cases.map((entry, index) => ({ ...entry, subject: `s${Math.floor(index / 2)}` }));
  const { train, validation, test } = await split({ validation: 5, test: 0.2 }, scans);
  const subjects = (ids: readonly string[]) =>
    new Set(scans.filter(({ id }) => ids.includes(id)).map(({ subject }) => subject));
  expect([validation, test].map((ids) => subjects(ids).size)).toEqual([5, 5]);
  expect(subjects(train).size + 10).toBe(25);
  expect(train.length + validation.length + test.length).toBe(50);
});

it('does not train on unlabeled scans of subjects that judge', async () => {
  const scans = cases.map((entry, index) => ({
    id: entry.id,
    hasLabel: index % 2 === 0,
    subject: `s${Math.floor(index / 2)}`,
  }));
  const { train, validation, test } = await split({ validation: 5, test: 5 }, scans);
  expect([train.length, validation.length, test.length]).toEqual([30, 5, 5]);
});

it('refuses more folds than subjects, and a fold beyond them', async () => {
  await expect(split({ test: { folds: 51 } })).rejects.toThrow('50 subjects cannot be divided');
  expect(SplitConfig.safeParse({ test: { folds: 5, fold: 5 } }).success).toBe(false);
});
