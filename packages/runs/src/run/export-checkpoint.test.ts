import { affineOf, createRandom, isVoxmimError } from '@voxmim/core';
import { writeVolume } from '@voxmim/formats/node';
import * as tf from '@tensorflow/tfjs-core';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { resolveFinetune, resolvePretrain } from '../config/resolve-config.js';
import { exportCheckpoint } from './export-checkpoint.js';
import { finetune } from './finetune.js';
import { pretrain } from './pretrain.js';
import { createRunRegistries } from '../tasks/built-in-tasks.js';

const registries = createRunRegistries();
let root: string;

function shared() {
  return {
    backend: 'onnx',
    data: {
      path: join(root, 'data'),
      classes: ['background', 'bright'],
      preprocessing: { intensity: { kind: 'zScore', mask: 'all' } },
      split: { validation: 1, test: 0 },
    },
    crop: [8, 8, 8],
    encoder: { name: 'vit', patchSize: [4, 4, 4], embedDim: 12, depth: 3, numHeads: 2 },
    steps: 1,
    batchSize: 1,
  };
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-export-'));
  for (let index = 0; index < 3; index++) {
    const random = createRandom(index, 'volume');
    const data = Float32Array.from({ length: 8 ** 3 }, () => random.normal());
    const grid = { shape: [8, 8, 8], channels: 1, affine: affineOf([1, 1, 1]) } as const;
    const path = (folder: string) => join(root, 'data', folder, `case_${index}.nii.gz`);
    await writeVolume(path('imagesTr'), { data, ...grid }, { kind: 'image' });
    const labels = Uint8Array.from(data, (value) => (value > 1 ? 1 : 0));
    await writeVolume(path('labelsTr'), { data: labels, ...grid }, { kind: 'labels' });
  }
  const objective = { name: 'mae', decoderEmbedDim: 12, decoderDepth: 1, decoderNumHeads: 2 };
  const masked = await resolvePretrain({ ...shared(), objective }, { registries });
  await pretrain(masked, { registries, out: join(root, 'mae') });
  const segmented = { ...shared(), head: { name: 'unetr', featureSize: 2 } };
  const config = await resolveFinetune(segmented, { registries });
  await finetune(config, { registries, out: join(root, 'few') });
}, 240_000);
afterAll(() => rm(root, { recursive: true, force: true }));

it('writes the logits of a fine-tuned model, as the model gives them', async () => {
  const out = join(root, 'few.onnx');
  const result = await exportCheckpoint({ run: join(root, 'few'), out, dynamicBatch: true });

  expect(result).toMatchObject({ out, inputShape: [1, 8, 8, 8, 1], outputs: ['logits'] });
  expect(result.difference).toBeLessThan(1e-4);
  const file = await readFile(out);
  expect(file).toHaveLength(result.bytes);
  // What a deployer needs to know of its input is in the file.
  expect(file.toString('latin1')).toContain('"classes":["background","bright"]');
  expect(file.toString('latin1')).toMatch(
    /"inference":\{"overlap".*"preprocessing"|"preprocessing".*"inference"/,
  );
});

it('writes what a pretraining makes of any mask, checked with another than it was traced with', async () => {
  const out = join(root, 'reconstruction.onnx');
  const result = await exportCheckpoint({ run: join(root, 'mae'), out, part: 'reconstruction' });

  expect(result).toMatchObject({ inputShape: [1, 8, 8, 8, 1], outputs: ['reconstruction'] });
  expect(result.difference).toBeLessThan(1e-4);
  expect((await readFile(out)).toString('latin1')).toContain('"task":"reconstruct"');
});

it('writes the features of a pretrained encoder, level by level, and leaves no tensors', async () => {
  const run = join(root, 'mae');
  await exportCheckpoint({ run, out: join(root, 'mae.onnx') });
  const { numTensors } = tf.memory();

  const result = await exportCheckpoint({ run, out: join(root, 'mae.onnx'), force: true });

  expect(result.outputs.slice(0, 2)).toEqual(['level0', 'level1']);
  expect(result.difference).toBeLessThan(1e-4);
  expect(tf.memory().numTensors).toBe(numTensors);
});

it('says what is no checkpoint, and writes nothing', async () => {
  const out = join(root, 'nothing.onnx');
  const error: unknown = await exportCheckpoint({ run: join(root, 'data'), out }).catch(
    (thrown: unknown) => thrown,
  );

  expect(isVoxmimError(error, 'NOT_FOUND', 'INVALID_FILE')).toBe(true);
  await expect(access(out)).rejects.toThrow('ENOENT');
});
