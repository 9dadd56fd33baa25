import '@tensorflow/tfjs-backend-cpu';

import { createRandom, type Encoder, type Shape3 } from '@voxmim/core';
import { SwinConfig, SwinEncoder, VitConfig, VitEncoder } from '@voxmim/encoders';
import { Segmenter, UnetrConfig, UnetrHead } from '@voxmim/segmentation';
import { encodeSafetensors, type StoredTensor } from '@voxmim/weights';
import * as tf from '@tensorflow/tfjs-core';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Made by tools/fixtures/pytorch.py with MONAI's models.
import golden from '../../fixtures/foreign.json' with { type: 'json' };
import { InitializationConfig } from '@voxmim/presets';
import { transferFrom } from './pretrained-source.js';

interface Golden {
  readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly shape: readonly number[];
  readonly output: readonly number[];
}

function waves(size: number, phase: number, scale: number): Float32Array {
  return Float32Array.from({ length: size }, (_, at) => scale * Math.sin(1.7 * at + phase));
}

/** A file of MONAI's weights under MONAI's names. */
async function writeWeights(path: string, { parameters }: Golden): Promise<void> {
  const tensors = parameters.map(({ name, shape }, phase): [string, StoredTensor] => {
    const size = tf.util.sizeFromShape([...shape]);
    const base = name.includes('norm') && name.endsWith('weight') ? 1 : 0;
    const values = waves(size, phase, size < 4096 ? 0.3 : 0.05).map((value) => base + value);
    return [`module.${name}`, { shape, values }];
  });
  await writeFile(path, encodeSafetensors(new Map(tensors)));
}

/** The wave over `[x, y, z]` that Python drew, as `[1, z, y, x, 1]`. */
function volumeOf([x = 1, y = 1, z = 1]: readonly number[]): tf.Tensor5D {
  const drawn = tf.tensor3d(waves(x * y * z, 0.5, 1), [x, y, z]);
  return tf.reshape(tf.transpose(drawn, [2, 1, 0]), [1, z, y, x, 1]);
}

const unetr = { featureSize: 4 };

function vit(inputShape: Shape3, classToken: boolean): Encoder {
  const sizes = { patchSize: [4, 4, 4], embedDim: 12, depth: 4, numHeads: 3, mlpRatio: 2 };
  const config = VitConfig.parse({ ...sizes, classToken });
  return new VitEncoder(config, { inputShape, inChannels: 1, random: createRandom(0) });
}

/** The last level of tokens that Python wrote [x, y, z]. */
const lastLevel = ({ encoder }: Segmenter, volume: tf.Tensor5D) =>
  tf.transpose(encoder.pyramid(volume).at(-1) ?? volume, [0, 3, 2, 1, 4]);

const cases: readonly {
  name: string;
  origin: string;
  golden: Golden;
  encoder: (inputShape: Shape3) => Encoder;
  /** Rows in the order in which Python wrote them. */
  output: (model: Segmenter, volume: tf.Tensor5D) => tf.Tensor;
}[] = [
  {
    name: 'ViT',
    origin: 'MONAI ViT',
    golden: golden.vit,
    encoder: (inputShape) => vit(inputShape, false),
    output: lastLevel,
  },
  {
    name: 'ViT with a class token',
    origin: 'MONAI ViT',
    golden: golden.vitClass,
    encoder: (inputShape) => vit(inputShape, true),
    output: lastLevel,
  },
  {
    name: 'UNETR',
    origin: 'MONAI UNETR',
    golden: golden.unetr,
    encoder: (inputShape) =>
      new VitEncoder(
        VitConfig.parse({
          ...{ patchSize: [16, 16, 16], embedDim: 12, depth: 12, numHeads: 3, mlpRatio: 2 },
        }),
        { inputShape, inChannels: 1, random: createRandom(0) },
      ),
    output: (model, volume) => {
      const rows = tf.reshape(model.predict(volume), [-1, 2]);
      const picked = Array.from({ length: Math.ceil(rows.shape[0] / 61) }, (_, at) => at * 61);
      return tf.gather(rows, tf.tensor1d(picked, 'int32'));
    },
  },
  {
    name: 'SwinTransformer',
    origin: 'MONAI SwinTransformer',
    golden: golden.swin,
    encoder: (inputShape) =>
      new SwinEncoder(
        SwinConfig.parse({
          ...{ patchSize: [2, 2, 2], embedDim: 6, depths: [2, 2], numHeads: [1, 2] },
          ...{ windowSize: [2, 2, 2], patchNorm: false, levels: 'swinUnetr' },
        }),
        { inputShape, inChannels: 1, random: createRandom(0) },
      ),
    output: ({ encoder }, volume) => encoder.pyramid(volume).at(-1) ?? volume,
  },
];

let folder: string;
beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'voxmim-foreign-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each(cases)(
  'MONAI’s $name gives the same here, its axes reversed',
  async ({ name, origin, golden: { shape, ...rest }, encoder: create, output }) => {
    const path = join(folder, `${name}.safetensors`);
    await writeWeights(path, { shape, ...rest });
    const [x = 1, y = 1, z = 1] = shape;
    const encoder = create([z, y, x]);
    const { levels } = encoder;
    const head = new UnetrHead(UnetrConfig.parse(unetr), {
      ...{ levels, inputShape: [z, y, x] as const, inChannels: 1, numClasses: 2 },
      random: createRandom(1),
    });
    const model = new Segmenter(encoder, head);
    const part = name === 'UNETR' ? 'all' : 'encoder';

    const report = await transferFrom(InitializationConfig.parse({ checkpoint: path, part }), {
      model,
      encoder,
      config: { name: encoder.name },
    });
    const found = await output(model, volumeOf(shape)).data();

    expect(report.path).toContain(origin);
    expect(report.missing.filter(({ name: missing }) => !missing.endsWith('.norm.weight'))).toEqual(
      name === 'SwinTransformer' ? [expect.objectContaining({ name: 'encoder.norm.bias' })] : [],
    );
    const largest = Math.max(...rest.output.map(Math.abs));
    const errors = rest.output.map((value, at) => Math.abs(value - (found[at] ?? NaN)) / largest);
    expect(found).toHaveLength(rest.output.length);
    expect(Math.max(...errors)).toBeLessThan(1e-4);
  },
);
