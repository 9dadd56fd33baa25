import { VoxmimError, type DatasetCase, type TaskSource } from '@voxmim/core';

import { TargetConfig } from './config.js';
import { classesIn, classTargets, readTargets, valueTargets } from './read-targets.js';

type Rows = readonly Readonly<Record<string, string>>[];

function source(cases: readonly Partial<DatasetCase>[], tables: Record<string, Rows>): TaskSource {
  const named = cases.map((entry, at) => ({ id: `case_${at}`, images: [], ...entry }));
  return {
    dataset: { name: 'set', root: 'root', classes: [], cases: named },
    readTable: (path) => {
      const rows = tables[path];
      if (rows) return Promise.resolve(rows);
      return Promise.reject(new VoxmimError('INVALID_FILE', `${path} is gone.`, '', { path }));
    },
  };
}

const read = async (config: object, from: TaskSource) =>
  Object.fromEntries(await readTargets(TargetConfig.parse(config), from));

it('reads a table by case, or by subject, and leaves out what is not known', async () => {
  const cases = [{ id: 'a' }, { id: 'b', subject: 'p2' }, { id: 'c' }];
  const rows = [
    { id: 'a', label: 'ED' },
    { id: 'p2', label: 'ES' },
    { id: 'c', label: 'n/a' },
  ];
  expect(await read({ file: 'labels.csv' }, source(cases, { 'labels.csv': rows }))).toEqual({
    a: 'ED',
    b: 'ES',
  });
});

it('reads a column of the list, else participants.tsv of a BIDS data set', async () => {
  const listed = source([{ columns: { sex: 'F' } }, { columns: { sex: 'M' } }], {});
  expect(await read({ column: 'sex' }, listed)).toEqual({ case_0: 'F', case_1: 'M' });
  const rows = [{ participant_id: 'sub-01', age: '61' }];
  const bids = source([{ subject: 'sub-01' }], { 'root/participants.tsv': rows });
  expect(await read({ column: 'age' }, bids)).toEqual({ case_0: '61' });
});

it('says what is missing', async () => {
  await expect(read({}, source([{}], {}))).rejects.toMatchObject({ code: 'INVALID_DATA' });
  const other = source([{}], { t: [{ name: 'case_0', label: '1' }] });
  await expect(read({ file: 't' }, other)).rejects.toThrow('only name, label');
  const unknown = source([{}], { t: [{ id: 'x', label: '1' }] });
  await expect(read({ file: 't' }, unknown)).rejects.toThrow('names no case');
});

it('orders classes that are numbers as numbers, and refuses others', () => {
  const targets = new Map([
    ['a', '10'],
    ['b', '9'],
  ]);
  expect(classesIn(targets)).toEqual(['9', '10']);
  expect(classTargets(targets, ['9', '10']).get('a')).toBe(1);
  expect(() => classTargets(targets, ['9', '11'])).toThrow('"10" of case a is none of 9, 11');
});

it('takes negative values, and refuses what is no number', () => {
  expect(valueTargets(new Map([['a', '-2.5']])).get('a')).toBe(-2.5);
  expect(() => valueTargets(new Map([['a', 'old']]))).toThrow('is no number');
});
