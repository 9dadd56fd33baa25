/**
 * Times what is done to volumes before a network sees them, one JSON line a case; beside nibabel and
 * MONAI when `--peer` names a Python that has them.
 *
 *   npx tsx --conditions=@voxmim/source tools/bench/data.mts [case…] [--data folder] [--repeats 5]
 *     [--peer python3]
 *
 * A case whose volumes are missing in the folder prints that it was left out.
 */
import { preprocess, PreprocessingConfig } from '@voxmim/volumes';
import { openDataset } from '@voxmim/datasets/node';
import { readVolume } from '@voxmim/formats/node';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { listSlices } from './dicom-listing.mts';
import { median } from './median.mts';

interface BenchCase {
  /** What it needs, below the data folder. */
  readonly input: string;
  /** Does the work once; returns a figure that the peer must get too. */
  readonly run: (path: string) => Promise<number>;
}

/** Those of one volume or data set are also functions of data-peer.py. */
const CASES: Readonly<Record<string, BenchCase>> = {
  'ct-pipeline': {
    input: 'ct/example_ct.nii.gz',
    async run(path) {
      const config = PreprocessingConfig.parse({ spacing: [2, 1.5, 1.5] });
      const { image } = preprocess(await readVolume(path), undefined, config, { origin: path });
      return mean(image.data);
    },
  },
  'hippocampus-loading': {
    input: 'Task04_Hippocampus',
    async run(path) {
      const { cases } = await openDataset(path);
      const images = cases.slice(0, 100).map(({ images: [file = ''] }) => file);
      let sum = 0;
      for (const file of images) sum += mean((await readVolume(file)).data);
      return sum / images.length;
    },
  },
  'dicom-listing': { input: '.', run: (path) => listSlices(path, 'headers') },
  'dicom-listing-whole': { input: '.', run: (path) => listSlices(path, 'whole') },
};

/** Wall and processor seconds of each repeat. */
interface Times {
  readonly engine: string;
  readonly seconds: readonly number[];
  readonly cpuSeconds: readonly number[];
  readonly figure: number;
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string', default: process.env['VOXMIM_DATA'] ?? '../shared/data' },
    repeats: { type: 'string', default: '5' },
    peer: { type: 'string' },
  },
});

for (const name of positionals.length > 0 ? positionals : Object.keys(CASES)) {
  const found = CASES[name];
  if (!found) throw new Error(`No case ${name}; there are ${Object.keys(CASES).join(', ')}.`);
  const path = join(options.data, found.input);
  if (!existsSync(path)) {
    console.log(JSON.stringify({ name, skipped: `there is no ${path}` }));
    continue;
  }
  const ours = await measure(found, path);
  console.log(JSON.stringify({ name, ...ours, peakMb: Math.round(peakMb()) }));
  if (!options.peer || name.startsWith('dicom')) continue;
  const peer = askPeer(options.peer, name, path);
  const ratio = (key: 'seconds' | 'cpuSeconds') =>
    Number((median(peer[key]) / median(ours[key])).toFixed(2));
  console.log(
    JSON.stringify({
      name,
      ...peer,
      timesOurs: ratio('seconds'),
      cpuTimesOurs: ratio('cpuSeconds'),
    }),
  );
}

async function measure({ run }: BenchCase, path: string): Promise<Times> {
  let figure = await run(path);
  const seconds: number[] = [];
  const cpuSeconds: number[] = [];
  for (let repeat = 0; repeat < Number(options.repeats); repeat++) {
    const [start, cpu] = [performance.now(), process.cpuUsage()];
    figure = await run(path);
    seconds.push(round((performance.now() - start) / 1000));
    const { user, system } = process.cpuUsage(cpu);
    cpuSeconds.push(round((user + system) / 1e6));
  }
  return { engine: 'voxmim', seconds, cpuSeconds, figure };
}

function askPeer(python: string, name: string, path: string): Times {
  const script = join(import.meta.dirname, 'data-peer.py');
  const output = execFileSync(python, [script, name, path, options.repeats], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Times;
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index] ?? 0;
  return sum / values.length;
}

function round(seconds: number): number {
  return Number(seconds.toFixed(4));
}

function peakMb(): number {
  return process.resourceUsage().maxRSS / 1024;
}
