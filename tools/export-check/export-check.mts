/**
 * Exports a small UNETR and has Python's onnxruntime segment a window beside TF.js:
 *
 *   npx tsx --conditions=@voxmim/source tools/export-check/export-check.mts python3
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createRandom } from '@voxmim/core';
import { VitConfig, vitDefinition } from '@voxmim/encoders';
import { startBackend } from '@voxmim/runtime';
import { Segmenter, UnetrConfig, unetrDefinition } from '@voxmim/segmentation';
import { exportOnnx } from '@voxmim/tfjs-backend-onnx';
import * as tf from '@tensorflow/tfjs-core';

const [python = 'python3'] = process.argv.slice(2);
await startBackend({ prefer: 'onnx' });
const random = createRandom(1);
const inputShape = [32, 48, 32] as const;
const vit = VitConfig.parse({ patchSize: [8, 8, 8], embedDim: 48, depth: 4, numHeads: 3 });
const encoder = vitDefinition.create(vit, { inputShape, inChannels: 1, random });
const head = unetrDefinition.create(UnetrConfig.parse({ featureSize: 8 }), {
  ...{ levels: encoder.levels, inputShape, inChannels: 1, numClasses: 5, random },
});
const model = new Segmenter(encoder, head);
const shape: [number, number, number, number, number] = [2, ...inputShape, 1];
const volumes = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.normal());
const predict = (x: tf.Tensor) => model.predict(tf.reshape(x, [-1, ...inputShape, 1]));

const folder = mkdtempSync(join(tmpdir(), 'voxmim-onnx-'));
try {
  // One sample shapes the export, two are segmented: the batch is open.
  const example = tf.zeros([1, ...inputShape, 1]);
  const [file, window] = [join(folder, 'unetr.onnx'), join(folder, 'window.json')];
  writeFileSync(file, await exportOnnx(predict, [example], { dynamicBatch: true }));
  const logits = await predict(tf.tensor(volumes, shape)).data();
  const numbers = { shape, volumes: [...volumes], logits: [...logits] };
  writeFileSync(window, JSON.stringify(numbers));
  const check = join(import.meta.dirname, 'peer.py');
  console.log(execFileSync(python, [check, file, window], { encoding: 'utf8' }).trim());
} finally {
  rmSync(folder, { recursive: true });
}
