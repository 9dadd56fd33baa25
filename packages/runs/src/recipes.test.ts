import { writeNifti } from '@voxmim/formats';
import { affineOf } from '@voxmim/core';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { register } from '@voxmim/classify';
import { RunFields, type FinetuneConfig } from '@voxmim/presets';
import { readYaml } from './config/read-yaml.js';
import { readStudyConfig, type Study } from './study/resolve-study.js';
import { openRunData } from './batches/run-data.js';
import { readTask } from './tasks/resolve-task.js';
import { createRunRegistries } from './tasks/built-in-tasks.js';

const recipes = join(__dirname, '../../../recipes');
const acdcSplit = join(recipes, 'acdc', 'split.yaml');

/** Folders of the right layout, their volumes tiny. */
const layouts = {
  hippocampus: { ids: numbered('hippocampus_', 260, 3), channels: 1, classes: 3 },
  btcv: {
    ids: [...numbered('img', 10, 4), ...numbered('img', 20, 4, 21)],
    channels: 1,
    classes: 14,
  },
  brats: { ids: numbered('BRATS_', 20, 3), channels: 4, classes: 4 },
  acdc: { ids: splitIds(), channels: 1, classes: 4 },
  phantoms: { ids: numbered('phantom_', 96, 3), channels: 1, classes: 8 },
} as const;

function numbered(prefix: string, count: number, digits: number, first = 1): string[] {
  return Array.from(
    { length: count },
    (_, at) => prefix + String(first + at).padStart(digits, '0'),
  );
}

/** The cases that the split of the ACDC recipes names, in the form in which it names them. */
function splitIds(): string[] {
  return readFileSync(acdcSplit, 'utf8').match(/patient\d+_\d+/g) ?? [];
}

/** What each folder of recipes is about, and the files in it that another one names. */
const folders = {
  hippocampus: 'hippocampus',
  btcv: 'btcv',
  brats: 'brats',
  acdc: 'acdc',
  paper: 'acdc',
  phantoms: 'phantoms',
} as const;
const named = ['split.yaml', 'phases.csv'];
/** Made for another data set than the folder's. */
const foreign = ['hippocampus-for-heart.yaml'];

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-recipes-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function layOut(name: keyof typeof layouts): Promise<string> {
  const { ids, channels, classes } = layouts[name];
  const folder = await mkdtemp(join(root, name));
  await mkdir(join(folder, 'imagesTr'), { recursive: true });
  await mkdir(join(folder, 'labelsTr'));
  const shape = [3, 3, 3] as const;
  const affine = affineOf([1, 1, 1]);
  const data = Int16Array.from({ length: 27 * channels }, (_, at) => at * 10);
  const image = writeNifti({ data, shape, channels, affine }, { kind: 'image' });
  const labels = Uint8Array.from({ length: 27 }, (_, at) => at % classes);
  const label = writeNifti({ data: labels, shape, channels: 1, affine }, { kind: 'labels' });
  for (const id of ids) {
    await writeFile(join(folder, 'imagesTr', `${id}.nii`), image);
    await writeFile(join(folder, 'labelsTr', `${id}.nii`), label);
  }
  const names = Array.from({ length: classes }, (_, at) => [String(at), `class ${at}`]);
  const training = ids.map((id) => ({ image: `imagesTr/${id}.nii`, label: `labelsTr/${id}.nii` }));
  const description = { labels: Object.fromEntries(names), training };
  await writeFile(join(folder, 'dataset.json'), JSON.stringify(description));
  return folder;
}

it.each(Object.entries(folders))(
  'every %s recipe is sound and opens a folder of the right layout',
  async (about, name) => {
    const folder = await layOut(name);
    const files = await readdir(join(recipes, about));
    for (const file of files.filter((entry) => ![...named, ...foreign].includes(entry))) {
      const path = join(recipes, about, file);
      const raw = await readYaml(path);
      const kind = JSON.stringify(raw).includes('"task":"study"') ? 'study' : file.split('-')[0];
      const registries = createRunRegistries();
      register(registries);
      const own = [`data.path=${folder}`, ...splitOf(name), ...targetsOf(file)];
      const set = kind === 'study' ? own.map((change) => `pretrain.${change}`) : own;
      const channels = kind?.startsWith('pretrain') ? modalities(name) : [];
      const config =
        kind === 'study'
          ? studied(await readStudyConfig(path, { registries, set }))
          : RunFields.parse(
              (await readTask(path, { registries, set: [...set, ...channels] })).fields,
            );
      const { split, store } = await openRunData({ ...config, crop: [8, 8, 8] });
      const { image } = await store.prepare(split.train[0]!);
      expect(image.channels).toBe(layouts[name].channels);
    }
  },
  60_000,
);

/** Recipes name a split by where commands run. */
function splitOf(name: keyof typeof layouts): string[] {
  return name === 'acdc' ? [`data.split.file=${acdcSplit}`] : [];
}

/** Recipes name a table of targets by where commands run. */
function targetsOf(file: string): string[] {
  return file === 'classify.yaml' ? [`target.file=${join(recipes, 'acdc', 'phases.csv')}`] : [];
}

/** The BraTS recipe pretrains on one modality; the layout here has four. */
function modalities(name: keyof typeof layouts): string[] {
  return name === 'brats' ? ['inChannels=4'] : [];
}

function studied({ arms }: Study): FinetuneConfig {
  const config = arms[0]?.budgets[0]?.settings[0]?.config;
  if (!config) throw new Error('the study has no arm');
  return config;
}
