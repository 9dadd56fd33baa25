import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { isVoxmimError } from '@voxmim/core';

import { openDataset } from '../open-dataset.js';
import { openLabelMaps } from './label-maps.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxmim-dialects-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Opening reads names alone, so that files may be empty. */
async function files(...names: string[]) {
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), '');
  }
}
const describe = (content: object | string, name = 'dataset.json') =>
  writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
async function opened(name = '') {
  const { cases, classes, layout, regions } = await openDataset(join(folder, name));
  const within = (path: string) => path.slice(folder.length + 1);
  return {
    layout,
    classes,
    regions,
    cases: cases.map(({ id, images, label }) => [id, images.map(within), label && within(label)]),
  };
}
async function failure(name = ''): Promise<string> {
  const error: unknown = await openDataset(join(folder, name)).catch((thrown: unknown) => thrown);
  if (!isVoxmimError(error)) throw error;
  return `${error.code} ${error.message}`;
}

const labels = { 0: 'background', 1: 'x' };
const a = ['a', ['imagesTr/a.nii.gz'], 'labelsTr/a.nii.gz'];
const numbered = ['a', ['imagesTr/a_0000.nii.gz'], 'labelsTr/a.nii.gz'];

it('reads the lists of nnU-Net’s first version, whose files have a number more', async () => {
  await files('imagesTr/a_0000.nii.gz', 'imagesTr/a_0001.nii.gz', 'labelsTr/a.nii.gz');
  const training = [{ image: './imagesTr/a.nii.gz', label: './labelsTr/a.nii.gz' }];
  await describe({ modality: { 0: 'CT', 1: 'PET' }, labels, training });
  const { cases, classes, layout } = await opened();
  expect(cases).toEqual([
    ['a', ['imagesTr/a_0000.nii.gz', 'imagesTr/a_0001.nii.gz'], 'labelsTr/a.nii.gz'],
  ]);
  expect([layout, classes]).toEqual(['decathlon', ['background', 'x']]);
});

it('reads absolute paths, a byte order mark, UTF-16 and the separators of Windows', async () => {
  await files('imagesTr/a.nii.gz', 'labelsTr/a.nii.gz');
  const image = join(folder, 'imagesTr/a.nii.gz');
  const absolute = { labels, training: [{ image, label: join(folder, 'labelsTr/a.nii.gz') }] };
  await describe(absolute, 'data.json');
  expect((await opened('data.json')).cases).toEqual([a]);
  const training = [{ image: '.\\imagesTr\\a.nii.gz', label: 'labelsTr\\a.nii.gz' }];
  await describe(`\uFEFF${JSON.stringify({ labels, training })}`);
  expect((await opened()).cases).toEqual([a]);
  const text = `\uFEFF${JSON.stringify({ labels, training })}`;
  await writeFile(join(folder, 'dataset.json'), Buffer.from(text, 'utf16le'));
  expect((await opened()).cases).toEqual([a]);
  await writeFile(
    join(folder, 'list.csv'),
    '\uFEFFimage,label\r\nimagesTr\\a.nii.gz,labelsTr\\a.nii.gz\r\n',
  );
  expect((await opened('list.csv')).cases).toEqual([a]);
});

it('reads labels either way round, as text, as lists, and as an array', async () => {
  await files('imagesTr/a_0000.nii.gz', 'labelsTr/a.nii.gz');
  const classesOf = async (given: object) => {
    await describe({ channel_names: { 0: 'CT' }, labels: given, file_ending: '.nii.gz' });
    return (await opened()).classes;
  };
  const expected = ['background', 'x', 'y'];
  expect(await classesOf({ 0: 'background', 1: 'x', 2: 'y' })).toEqual(expected);
  expect(await classesOf({ background: 0, y: 2, x: 1 })).toEqual(expected);
  expect(await classesOf({ background: '0', y: '2', x: '1' })).toEqual(expected);
  expect(await classesOf(expected)).toEqual(expected);
  expect(await classesOf({ x: 1, y: 2 })).toEqual(expected);
});

it('refuses labels that make no list of classes, with a remedy that fits a dataset.json', async () => {
  await files('imagesTr/a.nii.gz');
  for (const given of [{ a: 1, b: 1 }, { 0: 'background', 2: 'x' }, { red: 'green' }]) {
    await describe({ labels: given, training: ['imagesTr/a.nii.gz'] });
    expect(await failure()).toMatch(/^INVALID_DATA .*dataset\.json.*"background": 0/);
  }
  await describe({ labels: 5 });
  const told = await failure();
  expect(told).toMatch(/^INVALID_CONFIG .*dataset\.json: labels/);
  expect(told).not.toContain('voxmim schema');
});

it('reads the cases that nnU-Net’s second version names under "dataset"', async () => {
  await files('x/one.nii.gz', 'x/two.nii.gz', 'y/one.nii.gz');
  const dataset = { p1: { images: ['x/one.nii.gz', 'x/two.nii.gz'], label: 'y/one.nii.gz' } };
  await describe({ channel_names: { 0: 'a', 1: 'b' }, labels, file_ending: '.nii.gz', dataset });
  expect((await opened()).cases).toEqual([
    ['p1', ['x/one.nii.gz', 'x/two.nii.gz'], 'y/one.nii.gz'],
  ]);
});

it('finds the files of a description without a list, or given by its own path', async () => {
  await files('imagesTr/a_0000.nii.gz', 'imagesTr/._a_0000.nii.gz', 'labelsTr/a.nii.gz');
  await files('labelsTr/._a.nii.gz');
  await describe({ channel_names: { 0: 'CT' }, labels });
  expect((await opened()).cases).toEqual([numbered]);
  expect((await opened('dataset.json')).cases).toEqual([numbered]);
  await describe({ modality: { 0: 'CT' }, labels });
  expect((await opened()).cases).toEqual([numbered]);
});

it('takes volumes beside a dataset.json without imagesTr for images, as in a folder of predictions', async () => {
  await files('a.nii.gz', 'b.nii.gz', 'plans.json');
  const training = [{ image: './imagesTr/a.nii.gz', label: './labelsTr/a.nii.gz' }];
  await describe({ channel_names: { 0: 'CT' }, labels, file_ending: '.nii.gz', training });
  const { layout, cases } = await opened();
  expect([layout, ...cases.map(([id]) => id)]).toEqual(['images', 'a', 'b']);
  await describe('{');
  expect((await opened()).layout).toBe('images');
  await describe({ labels, training: ['b.nii.gz'] });
  expect((await opened()).cases.map(([id]) => id)).toEqual(['b']);
});

it('brings numbered channels together in folders and lists, and never label maps', async () => {
  await files('i/a_0000.nii.gz', 'i/a_0001.nii.gz', 'i/b_0000.nii.gz');
  const expected = [
    ['a', ['i/a_0000.nii.gz', 'i/a_0001.nii.gz'], undefined],
    ['b', ['i/b_0000.nii.gz'], undefined],
  ];
  expect((await opened('i')).cases).toEqual(expected);
  await describe({ cases: ['i/a_0000.nii.gz', 'i/a_0001.nii.gz', 'i/b_0000.nii.gz'] }, 'c.json');
  expect((await opened('c.json')).cases).toEqual(expected);
  const { maps } = await openLabelMaps(join(folder, 'i'));
  expect([...maps.keys()]).toEqual(['a_0000', 'a_0001', 'b_0000']);
});

it('takes numbers for cases where label maps have them, or where they are too many', async () => {
  await files(
    'imagesTr/s_0000.nii',
    'imagesTr/s_0001.nii',
    'labelsTr/s_0000.nii',
    'labelsTr/s_0001.nii',
  );
  expect((await opened()).cases.map(([id]) => id)).toEqual(['s_0000', 's_0001']);
  await files(...Array.from({ length: 20 }, (_, at) => `i/s_00${String(at).padStart(2, '0')}.nii`));
  expect((await opened('i')).cases).toHaveLength(20);
});

it('names a channel that is missing between others, and two files of one number', async () => {
  await files('i/a_0000.nii', 'i/a_0002.nii');
  expect(await failure('i')).toMatch(/^NOT_FOUND .*a_0001 is not there/);
  await files('i/a_0001.nii', 'i/a_0001.nii.gz');
  expect(await failure('i')).toMatch(/^INVALID_DATA .*both the case "a"/);
});

it('tells what lies beside where a listed file is not there', async () => {
  await files('imagesTr/a.nii');
  await describe({ labels, training: ['imagesTr/a.nii.gz'] });
  expect(await failure()).toMatch(/a\.nii\.gz is listed in .* but is not there; .*a\.nii is/);
});

it.each(['../../up', 'a/b', 'a\\b', '..', '.', 'a\u0000b', 'a\u001b[31m'])(
  'refuses the id %j, which would lead out of a folder or spoil a terminal',
  async (id) => {
    await files('a.nii');
    await describe({ cases: [{ id, image: 'a.nii' }] }, 'c.json');
    expect(await failure('c.json')).toMatch(/^INVALID_DATA .*cannot be the id/);
  },
);

it('says of what is missing what it was, and of a folder that its volumes lie deeper', async () => {
  expect(await failure('no.nii.gz')).toMatch(/^NOT_FOUND There is no file .*no\.nii\.gz/);
  await files('x/p1/t1.nii.gz');
  expect(await failure('x')).toMatch(
    /^NOT_FOUND .*1 in folders below, such as .*t1\.nii\.gz.*--images/,
  );
});
