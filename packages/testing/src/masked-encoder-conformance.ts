import {
  createRandom,
  volumeOf,
  zipAxes,
  type Encoder,
  type MaskTokenEncoder,
  type TokenMask,
  type VisibleTokenEncoder,
} from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { expectSame, expectThat } from './assertion.js';
import { hiddenVoxels, randomTokenMask } from './masks.js';
import { noise } from './noise.js';
import { expectClose, expectNoLeak, valuesOf } from './tensors.js';

type Encode = (volumes: tf.Tensor5D) => tf.Tensor;

/** Fails unless `encodeVisible` keeps its promises. */
export async function testVisibleTokenEncoder(encoder: VisibleTokenEncoder): Promise<void> {
  const { volumes, mask } = batchFor(encoder);
  const visible = mask.visibleIds.length / mask.batchSize;
  const encode: Encode = (input) => encoder.encodeVisible(input, mask);

  await expectShape(encode, volumes, [2, visible, encoder.geometry.embedDim]);
  await expectBlindToHidden(encode, volumes, mask, encoder);
  expectNoLeak(() => encode(volumes));
  volumes.dispose();
}

/** Fails unless `encodeWithMaskToken` keeps its promises. */
export async function testMaskTokenEncoder(encoder: MaskTokenEncoder): Promise<void> {
  const { volumes, mask } = batchFor(encoder);
  const token = tf.tidy(() => tf.variable(noise<tf.Rank.R1>([encoder.maskTokenDim], 5)));
  const encode: Encode = (input) => encoder.encodeWithMaskToken(input, mask, token);
  const { geometry, levels } = encoder;
  const stride = levels.at(-1)?.stride ?? geometry.patchSize;
  const grid = zipAxes(geometry.inputShape, stride, (extent, size) => extent / size);

  await expectShape(encode, volumes, [2, ...grid, levels.at(-1)?.channels]);
  await expectBlindToHidden(encode, volumes, mask, encoder);
  expectNoLeak(() => encode(volumes));

  const before = encode(volumes);
  // Noise, not a constant: layer norms do not see a constant.
  token.assign(tf.tidy(() => noise<tf.Rank.R1>([encoder.maskTokenDim], 6)));
  const after = encode(volumes);
  expectThat(await differs(before, after), () => 'The mask token has no influence.');
  tf.dispose([before, after, token, volumes]);
}

async function expectShape(encode: Encode, volumes: tf.Tensor5D, expected: unknown): Promise<void> {
  const encoded = encode(volumes);
  expectSame(encoded.shape, expected, 'shape of what is encoded');
  const values = await valuesOf(encoded);
  expectThat(values.every(Number.isFinite), () => 'What is encoded is not finite.');
  encoded.dispose();
}

/** Fails if a hidden voxel changes what is encoded, or no visible one does. */
async function expectBlindToHidden(
  encode: Encode,
  volumes: tf.Tensor5D,
  mask: TokenMask,
  { geometry }: Encoder,
): Promise<void> {
  const before = encode(volumes);
  for (const hidden of [true, false]) {
    const changed = disturb(volumes, mask, geometry.patchSize, hidden);
    const after = encode(changed);
    if (hidden) await expectClose(after, before, { absolute: 0, relative: 0 });
    else expectThat(await differs(before, after), () => 'Visible voxels have no influence.');
    tf.dispose([after, changed]);
  }
  before.dispose();
}

/** `volumes` with noise added where voxels are hidden, or where they are not. */
export function disturb(
  volumes: tf.Tensor5D,
  mask: TokenMask,
  patchSize: Encoder['geometry']['patchSize'],
  hidden: boolean,
): tf.Tensor5D {
  return tf.tidy(() => {
    const flags = hiddenVoxels(mask, patchSize);
    const where = hidden ? flags : tf.sub(1, flags);
    const change = tf.mul(tf.mul(noise<tf.Rank.R5>(volumes.shape, 9), 10), where);
    return tf.add(volumes, change);
  });
}

function batchFor({ geometry }: Encoder): { volumes: tf.Tensor5D; mask: TokenMask } {
  const { inputShape, inChannels, gridShape } = geometry;
  const hidden = Math.ceil(volumeOf(gridShape) / 2);
  return {
    volumes: noise<tf.Rank.R5>([2, ...inputShape, inChannels]),
    mask: randomTokenMask(gridShape, 2, hidden, createRandom(4)),
  };
}

async function differs(left: tf.Tensor, right: tf.Tensor): Promise<boolean> {
  const [a, b] = [await valuesOf(left), await valuesOf(right)];
  return a.some((value, index) => Math.abs(value - (b[index] ?? NaN)) > 1e-6);
}
