/** Measures one case in this process and prints one JSON line: `measure.mts <case> <backend> <repeats>`. */
import { startBackend } from '@voxmim/runtime';
import * as tf from '@tensorflow/tfjs-core';

import { cases } from './cases.mts';

const [name = '', backend = 'onnx', repeats = '5'] = process.argv.slice(2);
const WARM_UP = 3;

const { version } = await startBackend({ prefer: backend });
const create = cases[name];
if (!create) throw new RangeError(`no case ${name}; there are ${Object.keys(cases).join(', ')}`);

const work = create();
const seconds: number[] = [];
const cpuSeconds: number[] = [];
let before = { tensors: 0, rss: 0 };
let result = NaN;
for (let index = 0; index < WARM_UP + Number(repeats); index++) {
  if (index === WARM_UP) before = memory();
  const cpu = process.cpuUsage();
  const start = performance.now();
  result = await work();
  if (index < WARM_UP) continue;
  seconds.push((performance.now() - start) / 1000);
  const { user, system } = process.cpuUsage(cpu);
  cpuSeconds.push((user + system) / 1e6);
}
const after = memory();
const measurement = {
  ...{ name, engine: `${backend} ${version}`, seconds, cpuSeconds, result },
  peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
  growthMb: Math.round((after.rss - before.rss) / 2 ** 20),
  newTensors: after.tensors - before.tensors,
};
process.stdout.write(`${JSON.stringify(measurement)}\n`);

function memory(): { tensors: number; rss: number } {
  return { tensors: tf.memory().numTensors, rss: process.memoryUsage.rss() };
}
