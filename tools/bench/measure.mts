/** Measures one case in this process and prints one JSON line: `measure.mts <case> <backend> <repeats>`. */
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';

import { cases } from './cases.mts';

const [name = '', backend = 'onnx', repeats = '5'] = process.argv.slice(2);
const WARM_UP = 3;

if (backend === 'onnx') await import('@voxmim/tfjs-backend-onnx');
else if (backend === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
else await import('@tensorflow/tfjs-backend-cpu');
await tf.setBackend(backend);
const create = cases[name];
if (!create) throw new RangeError(`no case ${name}; there are ${Object.keys(cases).join(', ')}`);

const work = create();
const seconds: number[] = [];
let result = NaN;
for (let index = 0; index < WARM_UP + Number(repeats); index++) {
  const start = performance.now();
  result = await work();
  if (index >= WARM_UP) seconds.push((performance.now() - start) / 1000);
}
const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(`${JSON.stringify({ name, engine: backend, seconds, peakMb, result })}\n`);
