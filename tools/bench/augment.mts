/**
 * Times augmentation, one JSON line a case; beside MONAI when `--peer` names a Python that has it.
 *
 *   npx tsx --conditions=@voxmim/source tools/bench/augment.mts [case…] [--rounds 5] [--side 96] [--peer python3]
 */
import { affineOf, createRandom, volumeOf, type Shape3, type Volume } from '@voxmim/core';
import { augment, AugmentationConfig, noAugmentation, twoViewAugmentation } from '@voxmim/volumes';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** The lists of the paper at their probabilities; else each transform every time, so that the time is its own. */
const CASES: Readonly<Record<string, object>> = {
  paper: AugmentationConfig.parse({}),
  twoView: twoViewAugmentation([96, 96, 96]),
  flips: { flip: { probability: 1 }, shift: { probability: 1 } },
  affine: { affine: { probability: 1 } },
  elastic: { elastic: { probability: 1 } },
  noise: { noise: { probability: 1 } },
  blur: { blur: { probability: 1 } },
  gamma: { gamma: { probability: 1 } },
  biasField: { biasField: { probability: 1 } },
  lowResolution: { lowResolution: { probability: 1 } },
};
/** Samples of one round: more where little happens, or seldom. */
const SAMPLES: Readonly<Record<string, number>> = { paper: 200, twoView: 30, elastic: 2 };

/** Processor seconds of a sample in each round: others on the machine do not count. */
interface Times {
  readonly name: string;
  readonly engine: string;
  readonly cpuSeconds: readonly number[];
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    side: { type: 'string', default: '96' },
    peer: { type: 'string' },
  },
});
const [rounds, side] = [Number(options.rounds), Number(options.side)];
const names = positionals.length > 0 ? positionals : Object.keys(CASES);
const samplesOf = (name: string) => SAMPLES[name] ?? 10;

const ours = names.map((name) => measure(name, [side, side, side]));
for (const times of ours) console.log(JSON.stringify({ ...times, side }));
for (const peer of options.peer === undefined ? [] : askPeer(options.peer)) {
  const own = ours.find(({ name }) => name === peer.name)?.cpuSeconds ?? [];
  const ratio = Math.min(...peer.cpuSeconds) / Math.min(...own);
  console.log(JSON.stringify({ ...peer, timesOurs: Number(ratio.toFixed(2)) }));
}

function measure(name: string, shape: Shape3): Times {
  const transforms = CASES[name];
  if (!transforms) throw new Error(`No case ${name}; there are ${Object.keys(CASES).join(', ')}.`);
  const random = createRandom(0);
  const grid = { shape, channels: 1, affine: affineOf([1, 1, 1]) };
  const data = Float32Array.from({ length: volumeOf(shape) }, () => random.uniform());
  const labels = { ...grid, data: Uint8Array.from(data, (value) => value * 4) };
  const crop = { image: { ...grid, data }, labels };
  const config = AugmentationConfig.parse({ ...noAugmentation, ...transforms });
  const samples = samplesOf(name);
  const round = (at: number) => {
    let microseconds = 0;
    for (let sample = 0; sample < samples; sample++) {
      const fresh = copyOf(crop);
      const start = process.cpuUsage();
      augment(fresh, config, createRandom(at * samples + sample), true);
      const { user, system } = process.cpuUsage(start);
      microseconds += user + system;
    }
    return microseconds / 1e6 / samples;
  };
  round(0);
  return {
    name,
    engine: 'voxmim',
    cpuSeconds: Array.from({ length: rounds }, (_, at) => round(at + 1)),
  };
}

/** As a loader cuts it: the augmentation's own. */
function copyOf({ image, labels }: { image: Volume<Float32Array>; labels: Volume<Uint8Array> }) {
  return {
    image: { ...image, data: image.data.slice() },
    labels: { ...labels, data: labels.data.slice() },
  };
}

function askPeer(python: string): Times[] {
  const script = join(import.meta.dirname, 'augment-peer.py');
  const cases = names.map((name) => `${name}:${samplesOf(name)}`);
  const output = execFileSync(python, [script, String(side), String(rounds), ...cases], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as Times);
}
