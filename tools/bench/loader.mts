/**
 * Times drawing augmented crops (the paper's list) of cached volumes, one JSON line a case; beside MONAI when
 * `--peer` names a Python that has it. Times are of one sample, in each round.
 *
 *   npx tsx --conditions=@voxmim/source tools/bench/loader.mts [--data folder] [--samples 300] [--rounds 5] [--peer python3]
 *
 * With `--volumes`, draws once from each of so many listed volumes instead (the same files under many names),
 * each count in a process of its own: time per volume and peak memory should not depend on the count.
 *
 *   npx tsx --conditions=@voxmim/source tools/bench/loader.mts --volumes 100,200,400,800 [--uncached]
 */
import { AugmentationConfig, PreprocessingConfig } from '@voxmim/volumes';
import {
  CaseStore,
  openDataset,
  openSamples,
  type Dataset,
  type SampleOptions,
} from '@voxmim/datasets/node';
import { volumeOf, type Shape3 } from '@voxmim/core';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

interface Times {
  readonly name: string;
  readonly engine: string;
  readonly cpuSeconds: readonly number[];
  readonly seconds: readonly number[];
}

const CROP: Shape3 = [32, 32, 32];
/** Volumes that crops are drawn from when speed is compared. */
const FEW = 64;
const BALANCES = { balanced: { positive: 1, negative: 1 }, uniform: null } as const;

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: process.env['VOXMIM_DATA'] ?? '../shared/data' },
    samples: { type: 'string', default: '300' },
    rounds: { type: 'string', default: '5' },
    peer: { type: 'string' },
    volumes: { type: 'string' },
    uncached: { type: 'boolean', default: false },
    cache: { type: 'string' },
  },
});
const folder = join(options.data, 'Task04_Hippocampus');
const dir = options.cache ?? mkdtempSync(join(tmpdir(), 'voxmim-bench-'));
try {
  const counts = options.volumes?.split(',').map(Number) ?? [];
  if (counts.length === 0) await compare();
  else if (options.cache === undefined) for (const count of counts) inProcess(count);
  else await drawEach(counts[0] ?? 0);
} finally {
  if (options.cache === undefined) rmSync(dir, { recursive: true });
}

async function compare(): Promise<void> {
  const [samples, rounds] = [Number(options.samples), Number(options.rounds)];
  const whole = await openDataset(folder);
  const few = { ...whole, cases: whole.cases.slice(0, FEW) };
  const ours = [];
  for (const [name, balance] of Object.entries(BALANCES)) {
    const draw = opened(few, balance);
    for (let n = 0; n < 2 * FEW; n++) await draw(n);
    const times = await timed(name, draw, samples, rounds);
    console.log(JSON.stringify(times));
    ours.push(times);
  }
  if (options.peer === undefined) return;
  const script = join(import.meta.dirname, 'loader-peer.py');
  const answer = execFileSync(options.peer, [script, folder, `${samples}`, `${rounds}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for (const line of answer.split('\n').filter((text) => text.startsWith('{'))) {
    const peer = JSON.parse(line) as Times;
    const own = ours.find(({ name }) => name === peer.name);
    const ratio = (of: 'cpuSeconds' | 'seconds') =>
      Number((Math.min(...peer[of]) / Math.min(...(own?.[of] ?? []))).toFixed(2));
    console.log(
      JSON.stringify({ ...peer, cpuRatio: ratio('cpuSeconds'), ratio: ratio('seconds') }),
    );
  }
}

async function timed(
  name: string,
  draw: (n: number) => Promise<void>,
  samples: number,
  rounds: number,
): Promise<Times> {
  const [cpuSeconds, seconds]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const [begun, cpu] = [performance.now(), process.cpuUsage()];
    for (let n = 0; n < samples; n++) await draw(round * samples + n);
    const { user, system } = process.cpuUsage(cpu);
    cpuSeconds.push((user + system) / 1e6 / samples);
    seconds.push((performance.now() - begun) / 1e3 / samples);
  }
  return { name, engine: 'voxmim', cpuSeconds, seconds };
}

/** What draws the `n`-th sample, of the volumes in turn. */
function opened(dataset: Dataset, balance: SampleOptions['balance']) {
  const store = new CaseStore(dataset, {
    recipe: {
      preprocessing: PreprocessingConfig.parse({ intensity: { kind: 'zScore' } }),
      inChannels: 1,
      numClasses: 3,
      leastShape: CROP,
    },
    cache: options.uncached ? null : { dir, maxGiB: 1 },
    memoryMiB: FEW,
  });
  const ids = dataset.cases.map(({ id }) => id);
  const augmentation = AugmentationConfig.parse({});
  const source = openSamples(
    store,
    { seed: 1, crop: CROP, ids, balance, onError: 'stop', augmentation },
    0,
  );
  const target = {
    voxels: new Float32Array(volumeOf(CROP)),
    labels: new Int32Array(volumeOf(CROP)),
  };
  return async (n: number) => {
    const id = ids[n % ids.length] ?? '';
    await source.draw({ id, crop: [n, 'crop'], augment: [n, 'augment'] }, target);
  };
}

/** {@link drawEach}, where no other count has left its memory. */
function inProcess(count: number): void {
  const again = process.argv.slice(2).filter((text) => text !== options.volumes);
  const own = again.filter((text) => text !== '--volumes');
  const script = [...process.execArgv, import.meta.filename, ...own];
  execFileSync(process.execPath, [...script, '--volumes', `${count}`, '--cache', dir], {
    stdio: 'inherit',
  });
}

async function drawEach(count: number): Promise<void> {
  const dataset = await openDataset(folder);
  const distinct = dataset.cases.filter(({ label }) => label !== undefined);
  const cases = Array.from({ length: count }, (_, index) => ({
    ...(distinct[index % distinct.length] ?? { images: [] }),
    id: `case-${index}`,
  }));
  const draw = opened({ ...dataset, cases }, BALANCES.balanced);
  const { cpuSeconds, seconds } = await timed('volumes', draw, count, 1);
  const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
  const rssMb = Math.round(process.memoryUsage.rss() / 2 ** 20);
  console.log(JSON.stringify({ name: 'volumes', count, cpuSeconds, seconds, peakMb, rssMb }));
}
