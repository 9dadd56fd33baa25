import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { affineOf, isVoxmimError, type Volume } from '@voxmim/core';

import { readCaseImage } from '../cases/read-case.js';
import { type DatasetLayoutConfig } from '../../layout-config.js';
import { openDataset } from '../open-dataset.js';
import { writeVolume } from '@voxmim/formats/node';

jest.setTimeout(60_000); // machines may be busy; what is tested does not depend on it

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxmim-data-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const image: Volume<Int16Array> = {
  data: Int16Array.from({ length: 24 }, (_, index) => index),
  shape: [2, 3, 4],
  channels: 1,
  affine: affineOf([3, 2, 1]),
};
const nifti = (name: string, volume: Volume = image) =>
  writeVolume(join(folder, name), volume, { kind: 'image' });

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** What there is, by paths within the folder. */
async function opened(path = folder, layout?: DatasetLayoutConfig) {
  const { layout: found, cases, ...others } = await openDataset(path, layout);
  const within = (file: string) => file.slice(folder.length + 1);
  return {
    layout: found,
    ...others,
    cases: cases.map(({ id, images, label, subject }) => ({
      id,
      images: images.map(within),
      ...(label !== undefined && { label: within(label) }),
      ...(subject !== undefined && { subject }),
    })),
  };
}

describe('nnU-Net raw', () => {
  const describing = (fields: object) =>
    writeFile(
      join(folder, 'dataset.json'),
      JSON.stringify({
        channel_names: { 0: 'T1', 1: 'FLAIR' },
        labels: { background: 0, edema: 1, core: 2 },
        numTraining: 2,
        file_ending: '.nii.gz',
        ...fields,
      }),
    );
  beforeEach(async () => {
    for (const name of ['a_0000', 'a_0001', 'b_0000', 'b_0001']) {
      await nifti(`imagesTr/${name}.nii.gz`);
    }
    await nifti('labelsTr/a.nii.gz');
  });

  it('has one file per channel', async () => {
    await describing({});
    const found = await opened();
    expect(found.layout).toBe('nnunet');
    expect(found.classes).toEqual(['background', 'edema', 'core']);
    expect(found.regions).toBeUndefined();
    expect(found.cases).toEqual([
      {
        id: 'a',
        images: ['imagesTr/a_0000.nii.gz', 'imagesTr/a_0001.nii.gz'],
        label: 'labelsTr/a.nii.gz',
      },
      { id: 'b', images: ['imagesTr/b_0000.nii.gz', 'imagesTr/b_0001.nii.gz'] },
    ]);
    expect(found.problems).toEqual(['1 of 2 images have no label, such as b.']);
    const [first] = (await openDataset(folder)).cases;
    expect((await readCaseImage(first, { inChannels: 2 })).image.channels).toBe(2);
  });

  it('makes regions of labels that are lists', async () => {
    await describing({
      labels: { background: 0, whole: [1, 2, 3], core: [2, 3], enhancing: 3 },
      regions_class_order: [1, 2, 3],
    });
    const found = await opened();
    expect(found.classes).toEqual(['background', 'label 1', 'label 2', 'enhancing']);
    expect(found.regions).toEqual([
      { name: 'whole', labels: [1, 2, 3], value: 1 },
      { name: 'core', labels: [2, 3], value: 2 },
      { name: 'enhancing', labels: [3], value: 3 },
    ]);
  });

  it('names the missing channel, the label without image and another file ending', async () => {
    await describing({});
    await rm(join(folder, 'imagesTr/b_0001.nii.gz'));
    const absent = await failure(openDataset(folder));
    expect(isVoxmimError(absent, 'NOT_FOUND')).toBe(true);
    expect(String(absent)).toContain('b_0001.nii.gz');
    await nifti('imagesTr/b_0001.nii.gz');
    await nifti('labelsTr/z.nii.gz');
    expect(isVoxmimError(await failure(openDataset(folder)), 'INVALID_DATA')).toBe(true);
    await describing({ file_ending: '.png' });
    expect(isVoxmimError(await failure(openDataset(folder)), 'UNSUPPORTED_FILE')).toBe(true);
  });
});

describe('BIDS', () => {
  beforeEach(async () => {
    for (const name of [
      'sub-01/ses-1/anat/sub-01_ses-1_T1w.nii.gz',
      'sub-01/ses-1/anat/sub-01_ses-1_FLAIR.nii.gz',
      'sub-01/ses-2/anat/sub-01_ses-2_T1w.nii.gz',
      'sub-02/anat/sub-02_run-1_T1w.nii.gz',
      'sub-02/anat/sub-02_run-1_FLAIR.nii.gz',
      'derivatives/manual/sub-01/ses-1/anat/sub-01_ses-1_space-orig_dseg.nii.gz',
    ]) {
      await nifti(name);
    }
  });

  it('is recognized: one case per scan, by subject, with the label of the same entities', async () => {
    const found = await opened();
    expect(found.layout).toBe('bids');
    expect(found.cases).toEqual([
      {
        id: 'sub-01_ses-1',
        images: ['sub-01/ses-1/anat/sub-01_ses-1_T1w.nii.gz'],
        label: 'derivatives/manual/sub-01/ses-1/anat/sub-01_ses-1_space-orig_dseg.nii.gz',
        subject: 'sub-01',
      },
      {
        id: 'sub-01_ses-2',
        images: ['sub-01/ses-2/anat/sub-01_ses-2_T1w.nii.gz'],
        subject: 'sub-01',
      },
      {
        id: 'sub-02_run-1',
        images: ['sub-02/anat/sub-02_run-1_T1w.nii.gz'],
        subject: 'sub-02',
      },
    ]);
  });

  it('takes several suffixes as channels and leaves out scans that lack one', async () => {
    const layout = { kind: 'bids', suffixes: ['FLAIR', 'T1w'], label: 'dseg' } as const;
    const found = await opened(folder, layout);
    expect(found.cases.map(({ id }) => id)).toEqual(['sub-01_ses-1', 'sub-02_run-1']);
    expect(found.cases[0]?.images.map((path) => path.split('_').at(-1))).toEqual([
      'FLAIR.nii.gz',
      'T1w.nii.gz',
    ]);
    expect(found.problems).toContain(
      '1 scans lack a modality and are left out, such as sub-01_ses-2.',
    );
  });

  it('names the suffixes that there are, and two labels for one scan', async () => {
    const none = openDataset(folder, { kind: 'bids', suffixes: ['PDw'], label: 'dseg' });
    expect(String(await failure(none))).toContain('its suffixes are FLAIR, T1w');
    await nifti('derivatives/other/sub-01/sub-01_ses-1_dseg.nii.gz');
    const twice = await failure(openDataset(folder));
    expect(isVoxmimError(twice, 'INVALID_DATA')).toBe(true);
    expect(String(twice)).toMatch(/manual.* and .*other.* are both label maps/);
  });
});

describe('patterns', () => {
  const layout = {
    kind: 'pattern',
    images: ['{case}/{case}_t1.nii.gz', '**/{case}_t2.nii.gz'],
    label: '*/{case}_seg.nii.gz',
  } as const;

  it('bring the files of a case together', async () => {
    for (const name of [
      'p1/p1_t1',
      'p1/p1_t2',
      'p1/p1_seg',
      'p2/p2_t1',
      'p3/x/p2_t2',
      'p4/p4_t1',
    ]) {
      await nifti(`${name}.nii.gz`);
    }
    await nifti('p5/other_t1.nii.gz'); // {case} is not the same twice
    const found = await opened(folder, layout);
    expect(found.layout).toBe('pattern');
    expect(found.cases).toEqual([
      { id: 'p1', images: ['p1/p1_t1.nii.gz', 'p1/p1_t2.nii.gz'], label: 'p1/p1_seg.nii.gz' },
      { id: 'p2', images: ['p2/p2_t1.nii.gz', 'p3/x/p2_t2.nii.gz'] },
    ]);
    expect(found.problems).toEqual([
      '1 of 2 images have no label, such as p2.',
      '1 cases lack an image and are left out, such as p4.',
    ]);
  });

  it('refuse two files for one case, and none at all', async () => {
    await nifti('a/p_t2.nii.gz');
    await nifti('b/p_t2.nii.gz');
    expect(String(await failure(openDataset(folder, layout)))).toMatch(/a.p_t2.* and .*b.p_t2/);
    const one = { kind: 'pattern', images: ['{case}.txt'] } as const;
    expect(isVoxmimError(await failure(openDataset(folder, one)), 'NOT_FOUND')).toBe(true);
  });
});

describe('lists', () => {
  beforeEach(async () => {
    for (const name of ['x/a', 'x/b', 'y/a']) await nifti(`${name}.nii.gz`);
  });
  const write = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };

  it('are tables with a column per channel', async () => {
    const csv = await write(
      'cases.csv',
      'id,image_t1,image_t2,label,subject,age\n1,x/a.nii.gz,"x/b.nii.gz",y/a.nii.gz,s1,40\n2,x/b.nii.gz,x/a.nii.gz,,,50\n',
    );
    const found = await opened(csv);
    expect(found.layout).toBe('list');
    expect(found.cases).toEqual([
      {
        id: '1',
        images: ['x/a.nii.gz', 'x/b.nii.gz'],
        label: 'y/a.nii.gz',
        subject: 's1',
      },
      { id: '2', images: ['x/b.nii.gz', 'x/a.nii.gz'] },
    ]);
    expect(found.problems).toContain('Columns not used, unless data.split.group names one: age.');
  });

  it('are JSON, of paths or cases, or a datalist', async () => {
    const json = await write(
      'cases.json',
      '{"classes": ["none", "all"], "cases": ["x/a.nii.gz", {"image": ["x/b.nii.gz"], "label": "y/a.nii.gz"}]}',
    );
    const found = await opened(json);
    expect(found.classes).toEqual(['none', 'all']);
    expect(found.cases).toEqual([
      { id: 'a', images: ['x/a.nii.gz'] },
      { id: 'b', images: ['x/b.nii.gz'], label: 'y/a.nii.gz' },
    ]);
    const datalist = await write('fold.json', '{"training": [{"image": "x/b.nii.gz"}]}');
    expect((await opened(datalist)).cases).toEqual([{ id: 'b', images: ['x/b.nii.gz'] }]);
  });

  it.each([
    ['two cases of one id', 'a.csv', 'image\nx/a.nii.gz\ny/a.nii.gz\n', 'INVALID_DATA', 'y/a'],
    ['a missing file', 'a.csv', 'image\nx/q.nii.gz\n', 'NOT_FOUND', 'q.nii.gz'],
    ['no image column', 'a.tsv', 'scan\tlabel\nx\ty\n', 'INVALID_FILE', 'scan, label'],
    ['ragged lines', 'a.csv', 'image,label\nx/a.nii.gz\n', 'INVALID_FILE', 'a.csv'],
    ['no lines', 'a.csv', 'image\n', 'NOT_FOUND', 'a.csv'],
    ['unknown keys', 'a.json', '{"case": []}', 'INVALID_CONFIG', 'a.json'],
    ['no JSON', 'a.json', '{', 'INVALID_FILE', 'a.json'],
  ] as const)('refuse %s', async (_, name, text, code, told) => {
    const error = await failure(openDataset(await write(name, text)));
    expect(isVoxmimError(error, code)).toBe(true);
    expect(String(error)).toContain(told);
  });
});
