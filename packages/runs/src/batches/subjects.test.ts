import { openDataset } from '@voxmim/datasets/node';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { SplitConfig } from '@voxmim/presets';
import { splitCases } from './split.js';
import { groupedNames, splitCasesOf, tornSubject } from './subjects.js';

const entry = (id: string, more: object = {}) => ({
  id,
  images: [`${id}.nii`],
  label: 'l',
  ...more,
});
const scans = Array.from({ length: 20 }, (_, at) => [
  entry(`patient${100 + at}_01`),
  entry(`patient${100 + at}_12`),
]).flat();
const split = async (config: object, cases: readonly ReturnType<typeof entry>[] = scans) => {
  const parsed = SplitConfig.parse(config);
  const known = splitCasesOf({ cases, root: 'data' }, parsed.group);
  const found = await splitCases(known, parsed, 'data');
  return { ...found, torn: tornSubject(found, known) };
};
const patients = (ids: readonly string[]) => new Set(ids.map((id) => id.slice(0, 10)));

it('keeps the cases of a group on one side, by a pattern or a column', async () => {
  const byColumn = scans.map((one) => ({ ...one, columns: { patient: one.id.slice(0, 10) } }));
  for (const [cases, group] of [
    [scans, '^(patient\\d+)'],
    [scans, 'patient\\d+'],
    [byColumn, { column: 'patient' }],
  ] as const) {
    const { train, validation, test, torn } = await split({ group, validation: 4, test: 4 }, cases);
    expect([train.length, validation.length, test.length]).toEqual([24, 8, 8]);
    const all = [train, validation, test].flatMap((side) => [...patients(side)]);
    expect(new Set(all).size).toBe(all.length);
    expect(torn).toBeUndefined();
  }
});

it('says so where names look grouped and a split tears them', async () => {
  const { torn } = await split({});
  expect(torn).toMatch(/patient\d+_(01|12) trains and patient\d+_(01|12) .*data\.split\.group/);
  expect(groupedNames(scans.map(({ id }) => id))).toContain('patient100_01 and patient100_12');
});

it('says so where a given split tears a known subject', async () => {
  const cases = [entry('a', { subject: 's' }), entry('b', { subject: 's' }), entry('c')];
  const lists = { train: ['a', 'c'], validation: [], test: ['b'] };
  expect((await split({ cases: lists }, cases)).torn).toContain('a trains and b tests');
});

it('sees no groups in the names of usual data sets', () => {
  const numbered = (start: string) => [1, 2, 3, 4].map((at) => `${start}${at}`);
  for (const names of [
    numbered('hippocampus_00'),
    numbered('Task04_00'),
    numbered('BraTS2021_0000'),
    ['sub-01', 'sub-02', 'scan'],
    [],
  ]) {
    expect(groupedNames(names)).toBeUndefined();
  }
});

it('refuses a name without a group, a column without a value, and what is no pattern', async () => {
  await expect(split({ group: '^case' })).rejects.toThrow(
    'finds nothing in the name patient100_01',
  );
  await expect(split({ group: { column: 'age' } })).rejects.toThrow('the column "age"');
  expect(SplitConfig.safeParse({ group: '(' }).success).toBe(false);
});

const acdc = join(
  process.env['VOXMIM_DATA'] ?? join(__dirname, '../../../../../shared/data'),
  'ACDC',
);
(existsSync(acdc) ? it : it.skip)('leaves no patient of ACDC on two sides', async () => {
  const { cases } = await openDataset(acdc);
  for (const test of [0.2, { folds: 5, fold: 3 }]) {
    const config = SplitConfig.parse({ group: '^(patient\\d+)', test });
    const found = await splitCases(splitCasesOf({ cases, root: acdc }, config.group), config, acdc);
    const sides = [found.train, found.validation, found.test].map(patients);
    expect(sides.map(({ size }) => size)).toEqual([70, 10, 20]);
    expect(new Set(sides.flatMap((side) => [...side])).size).toBe(100);
  }
  expect(groupedNames(cases.map(({ id }) => id))).toContain('data.split.group');
});
