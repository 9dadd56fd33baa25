/**
 * Times drawing augmented crops of cached volumes, one JSON line a case; beside MONAI when `--peer` names a
 * Python that has it. `listed` draws from 10,000 cases, the same volumes under many names: memory stays flat.
 *
 *   npx tsx --conditions=@voxmim/source tools/bench/loader.mts [--data folder] [--samples 1000] [--peer python3]
 */
import { AugmentationConfig, PreprocessingConfig } from '@voxmim/data';
import { CaseStore, openDataset, openSamples, type Dataset } from '@voxmim/data/node';
import { volumeOf, type Shape3 } from '@voxmim/core';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: process.env['VOXMIM_DATA'] ?? '../shared/data' },
    samples: { type: 'string', default: '1000' },
    peer: { type: 'string' },
  },
});
const samples = Number(options.samples);
const crop: Shape3 = [32, 32, 32];
const dir = mkdtempSync(join(tmpdir(), 'voxmim-bench-'));
try {
  const folder = join(options.data, 'Task04_Hippocampus');
  const whole = await openDataset(folder);
  const few = { ...whole, cases: whole.cases.slice(0, 64) };
  await draw('warm-up', few, 64, samples);
  const ours = await draw('crops', few, 64, samples);
  await draw('listed', listed(few, 10_000), 4, 3 * samples);
  if (options.peer) {
    const script = join(import.meta.dirname, 'loader-peer.py');
    const answer = execFileSync(options.peer, [script, folder, options.samples], {
      encoding: 'utf8',
    });
    const line = answer.split('\n').find((text) => text.startsWith('{')) ?? '{}';
    const peer = JSON.parse(line) as { cpuSeconds: number };
    console.log(
      JSON.stringify({ ...peer, timesOurs: Number((peer.cpuSeconds / ours).toFixed(2)) }),
    );
  }
} finally {
  rmSync(dir, { recursive: true });
}

/** @returns processor seconds */
async function draw(
  name: string,
  dataset: Dataset,
  memoryMiB: number,
  count: number,
): Promise<number> {
  const store = new CaseStore(dataset, {
    recipe: {
      preprocessing: PreprocessingConfig.parse({ intensity: { kind: 'zScore' } }),
      inChannels: 1,
      numClasses: 3,
      leastShape: crop,
    },
    cache: { dir, maxGiB: 1 },
    memoryMiB,
  });
  const ids = dataset.cases.map(({ id }) => id);
  const source = openSamples(
    store,
    {
      seed: 1,
      crop,
      ids,
      balance: { positive: 1, negative: 1 },
      onError: 'stop',
      augmentation: AugmentationConfig.parse({}),
    },
    0,
  );
  const target = {
    voxels: new Float32Array(volumeOf(crop)),
    labels: new Int32Array(volumeOf(crop)),
  };
  for (const id of ids.slice(0, 64)) await store.use(id, () => undefined);
  const [begun, cpu] = [performance.now(), process.cpuUsage()];
  const rss: number[] = [];
  for (let n = 0; n < count; n++) {
    const id = ids[n % ids.length] ?? '';
    await source.draw({ id, crop: [n, 'crop'], augment: [n, 'augment'] }, target);
    if (n % Math.ceil(count / 5) === 0) rss.push(Math.round(process.memoryUsage().rss / 2 ** 20));
  }
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const cpuSeconds = (user + system) / 1e6;
  console.log(
    JSON.stringify({ name, engine: 'voxmim', samples: count, seconds, cpuSeconds, rssMb: rss }),
  );
  return cpuSeconds;
}

function listed(dataset: Dataset, count: number): Dataset {
  const cases = Array.from({ length: count }, (_, index) => ({
    ...(dataset.cases[index % dataset.cases.length] ?? { images: [] }),
    id: `case-${index}`,
  }));
  return { ...dataset, cases };
}
