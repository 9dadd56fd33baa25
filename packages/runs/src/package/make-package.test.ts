import { affineOf, createRandom } from '@voxmim/core';
import { writeVolume } from '@voxmim/formats/node';
import { createRunRegistries } from '../tasks/built-in-tasks.js';
import { readModelPackage } from '@voxmim/weights';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { resolveFinetune, resolvePretrain } from '../config/resolve-config.js';
import { finetune } from '../run/finetune.js';
import { predict } from '../run/predict.js';
import { pretrain } from '../run/pretrain.js';
import { makePackage } from './make-package.js';

const registries = createRunRegistries();
/** A folder, and in file names a patient, whom no package may name. */
const PATIENT = 'Mustermann';
let root: string;

function shared() {
  return {
    backend: 'onnx',
    data: {
      path: join(root, `${PATIENT}-data`),
      classes: ['background', 'bright'],
      preprocessing: { intensity: { kind: 'zScore', mask: 'all' } },
      split: { cases: { train: ids(0, 1), validation: ids(2), test: ids(3) } },
      cache: { dir: join(root, 'cache') },
      workers: 0,
    },
    crop: [8, 8, 8],
    encoder: { name: 'vit', patchSize: [4, 4, 4], embedDim: 12, depth: 3, numHeads: 2 },
    steps: 1,
    batchSize: 1,
  };
}

const ids = (...numbers: number[]) => numbers.map((index) => `${PATIENT}_${index}`);
const segmented = () => ({ ...shared(), head: { name: 'unetr', featureSize: 2 } });

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-package-'));
  for (const [index, id] of ids(0, 1, 2, 3).entries()) {
    const random = createRandom(index, 'volume');
    const data = Float32Array.from({ length: 8 ** 3 }, () => random.normal());
    const affine = affineOf([1 + index, 1, 1]);
    const grid = { shape: [8, 8, 8], channels: 1, affine } as const;
    const path = (folder: string) => join(shared().data.path, folder, `${id}.nii.gz`);
    await writeVolume(path('imagesTr'), { data, ...grid }, { kind: 'image' });
    const labels = Uint8Array.from(data, (value) => (value > 1 ? 1 : 0));
    await writeVolume(path('labelsTr'), { data: labels, ...grid }, { kind: 'labels' });
  }
  const config = await resolveFinetune(segmented(), { registries });
  await finetune(config, { registries, out: join(root, `${PATIENT}-run`) });
}, 240_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const packed = (words = {}) =>
  makePackage({
    ...{ run: join(root, `${PATIENT}-run`), out: join(root, 'model.voxmim'), force: true },
    ...words,
  });

it('packs the model with a card of what the run measured, and names nobody', async () => {
  const { manifest, card } = await packed({ license: 'CC0-1.0', modality: 'MR' });

  expect(manifest).toMatchObject({ name: 'model', task: 'finetune', outputs: ['logits'] });
  expect(manifest.labels.map(({ name }) => name)).toEqual(['background', 'bright']);
  expect(card.data).toMatchObject({ training: 2, labeled: 2, validation: 1, test: 1 });
  expect(card.data.measured?.spacing[0]).toEqual({ lowest: 1, median: 1.5, highest: 2 });
  expect(card.scores?.worst).toEqual([{ case: 1, dice: expect.any(Number) }]);
  const bytes = await readFile(join(root, 'model.voxmim'), 'latin1');
  expect(bytes).toContain('"bright"');
  for (const secret of [PATIENT, root]) expect(bytes).not.toContain(secret);
});

it('segments as the run does, with nothing but the package', async () => {
  await packed();
  const input = join(shared().data.path, 'imagesTr', `${ids(3)[0]}.nii.gz`);
  const maps = await Promise.all(
    [`${PATIENT}-run`, 'model.voxmim'].map(async (run, index) => {
      const out = join(root, `predicted-${index}`);
      const { files } = await predict({ run: join(root, run), input, out });
      return readFile(files[0]?.path ?? '');
    }),
  );
  expect(maps[1]?.equals(maps[0] ?? Buffer.of())).toBe(true);
});

it('gives all of its weights to a fine-tuning', async () => {
  await packed();
  const from = { checkpoint: join(root, 'model.voxmim'), part: 'all', minCoverage: 1 };
  const config = await resolveFinetune({ ...segmented(), from, judge: false }, { registries });
  await finetune(config, { registries, out: join(root, 'again') });
  expect(await readFile(join(root, 'again/transfer.txt'), 'utf8')).toMatch(/100(\.0)? %/);
});

it('packs a pretrained encoder', async () => {
  const objective = { name: 'mae', decoderEmbedDim: 12, decoderDepth: 1, decoderNumHeads: 2 };
  const masked = await resolvePretrain({ ...shared(), objective }, { registries });
  await pretrain(masked, { registries, out: join(root, 'mae') });
  const out = join(root, 'mae.voxmim');
  const { card, manifest } = await makePackage({ run: join(root, 'mae'), out });

  expect([manifest.task, card.scores, manifest.outputs.at(0)]).toEqual([
    'pretrain',
    null,
    'level0',
  ]);
  expect(readModelPackage(await readFile(out), out).manifest).toEqual(manifest);
});

it('refuses other names, and folders without a run', async () => {
  await expect(packed({ out: join(root, 'model.zip') })).rejects.toThrow(/is called .voxmim/);
  await expect(packed({ run: root })).rejects.toThrow(/holds no run/);
  await expect(packed({ force: false })).rejects.toThrow(/is there already/);
});
