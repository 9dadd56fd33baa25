/** Measures one case in this process and prints one JSON line: `measure.mts <case> <backend> <repeats>`. */
import { startBackend } from '@voxmim/runtime';

import { isCaseName } from './case-names.mts';
import { cases } from './cases.mts';
import { watchMemory } from './memory-trend.mts';
import { opOverhead } from './op-overhead.mts';

const [name = '', backend = 'onnx', repeats = '5'] = process.argv.slice(2);
const WARM_UP = 3;

if (!isCaseName(name)) throw new RangeError(`no case ${name}`);
const { version } = await startBackend({ prefer: backend });

const work = cases[name]();
for (let index = 0; index < WARM_UP; index++) await work();
const memory = watchMemory(Number(repeats));
const seconds: number[] = [];
const cpuSeconds: number[] = [];
let result = NaN;
for (let index = 0; index < Number(repeats); index++) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  result = await work();
  seconds.push((performance.now() - start) / 1000);
  const { user, system } = process.cpuUsage(cpu);
  cpuSeconds.push((user + system) / 1e6);
  memory.afterStep();
}
const measurement = {
  ...{ name, engine: `${backend} ${version}`, seconds, cpuSeconds, result },
  peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
  memory: memory.trend(),
  opMicroseconds: await opOverhead(),
};
process.stdout.write(`${JSON.stringify(measurement)}\n`);
