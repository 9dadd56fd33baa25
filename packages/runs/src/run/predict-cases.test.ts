import { isVoxmimError } from '@voxmim/core';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { predictCases } from './predict-cases.js';

let input: string;
beforeEach(async () => {
  input = await mkdtemp(join(tmpdir(), 'voxmim-predict-'));
});
afterEach(() => rm(input, { recursive: true, force: true }));

const write = async (...names: string[]) => {
  for (const name of names) await writeFile(join(input, name), '');
};
const failure = async (inChannels: number) => {
  const error: unknown = await predictCases({ input, inChannels }).catch(
    (thrown: unknown) => thrown,
  );
  if (!isVoxmimError(error, 'INVALID_DATA')) throw error;
  return error.message;
};

it('takes numbered files for the channels of one case', async () => {
  await write('a_0000.nii.gz', 'a_0001.nii.gz');
  const { cases } = await predictCases({ input, inChannels: 2 });
  expect(cases.map(({ id, images }) => [id, images.length])).toEqual([['a', 2]]);
});

it('predicts nothing from a part of the channels, and says how to give them', async () => {
  await write('a_0000.nii.gz', 'a_0001.nii.gz');
  expect(await failure(1)).toMatch(/a has 2 files, where the model has 1 channels.*--images/);
  await rm(join(input, 'a_0001.nii.gz'));
  expect(await failure(2)).toMatch(/a has 1 files, where the model has 2 channels/);
  expect((await predictCases({ input, inChannels: 1 })).cases).toHaveLength(1);
});

it('finds files by patterns, and tells what was left out', async () => {
  await write('a_t1.nii.gz', 'a_t2.nii.gz', 'b_t1.nii.gz');
  await symlink('nowhere', join(input, 'c_t1.nii.gz'));
  const images = ['{case}_t1.nii.gz', '{case}_t2.nii.gz'];
  const notes: string[] = [];
  const { cases } = await predictCases({
    input,
    layout: { kind: 'pattern', images },
    inChannels: 2,
    monitor: { note: (note) => notes.push(note) },
  });
  expect(cases.map(({ id }) => id)).toEqual(['a']);
  expect(notes.join(' ')).toMatch(/such as b.*c_t1\.nii\.gz is a link to something/);
});
