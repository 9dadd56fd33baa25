/**
 * Times augmentation, one JSON line a case; beside MONAI when `--peer` names a Python that has it.
 *
 *   npx tsx --conditions=@voxmim/source tools/bench/augment.mts [case…] [--repeats 5] [--side 96] [--peer python3]
 */
import { affineOf, createRandom, volumeOf, type Shape3 } from '@voxmim/core';
import { augment, AugmentationConfig, noAugmentation, twoViewAugmentation } from '@voxmim/data';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** Each transform happens every time, so that the time is its own. */
const CASES: Readonly<Record<string, object>> = {
  paper: { flip: { probability: 1 }, shift: { probability: 1 } },
  affine: { affine: { probability: 1 } },
  elastic: { elastic: { probability: 1 } },
  noise: { noise: { probability: 1 } },
  blur: { blur: { probability: 1 } },
  gamma: { gamma: { probability: 1 } },
  biasField: { biasField: { probability: 1 } },
  lowResolution: { lowResolution: { probability: 1 } },
  twoView: twoViewAugmentation([96, 96, 96]),
};

/** Processor seconds of each repeat: others on the machine do not count. */
interface Times {
  readonly engine: string;
  readonly cpuSeconds: readonly number[];
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    repeats: { type: 'string', default: '5' },
    side: { type: 'string', default: '96' },
    peer: { type: 'string' },
  },
});
const [repeats, side] = [Number(options.repeats), Number(options.side)];

for (const name of positionals.length > 0 ? positionals : Object.keys(CASES)) {
  const transforms = CASES[name];
  if (!transforms) throw new Error(`No case ${name}; there are ${Object.keys(CASES).join(', ')}.`);
  const ours = measure([side, side, side], transforms);
  console.log(JSON.stringify({ name, side, ...ours }));
  if (options.peer === undefined) continue;
  const peer = askPeer(options.peer, name);
  const ratio = median(peer.cpuSeconds) / median(ours.cpuSeconds);
  console.log(JSON.stringify({ name, ...peer, timesOurs: Number(ratio.toFixed(2)) }));
}

function measure(shape: Shape3, transforms: object): Times {
  const random = createRandom(0);
  const grid = { shape, channels: 1, affine: affineOf([1, 1, 1]) };
  const data = Float32Array.from({ length: volumeOf(shape) }, () => random.uniform());
  const labels = { ...grid, data: Uint8Array.from(data, (value) => value * 4) };
  const config = AugmentationConfig.parse({ ...noAugmentation, ...transforms });
  const once = (seed: number) => {
    const start = process.cpuUsage();
    augment({ image: { ...grid, data }, labels }, config, createRandom(seed));
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  };
  once(0);
  return { engine: 'voxmim', cpuSeconds: Array.from({ length: repeats }, (_, at) => once(at + 1)) };
}

function askPeer(python: string, name: string): Times {
  const script = join(import.meta.dirname, 'augment-peer.py');
  const output = execFileSync(python, [script, name, String(side), String(repeats)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const line = output.trim().split('\n').at(-1) ?? '';
  return JSON.parse(line) as Times;
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? NaN;
}
