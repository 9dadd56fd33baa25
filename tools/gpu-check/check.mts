/**
 * One check of the torch backend in this process, one JSON line: `check.mjs ops|steps <case>|mae|exchange`, with
 * `--device`, `--precision`, `--repeats`, `--tiny` and `--filter`. `exchange` is one of several processes, in the
 * environment that torchrun gives; the first prints.
 */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

import { createRandom, type Shape3 } from '@voxmim/core';
import { VitConfig, vitDefinition } from '@voxmim/encoders';
import { MaeConfig, maeDefinition } from '@voxmim/objectives';
import { openExchange, ranksOf } from '@voxmim/runtime';
import { configure, startTorchBackend, statistics } from '@voxmim/tfjs-backend-torch';
import { AdamW, parameterGroups } from '@voxmim/training';
import { gradientsOf } from '@voxmim/nn/gradients';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';

import { isCaseName } from '../bench/case-names.mts';
import { cases, quarterVisible } from '../bench/cases.mts';

interface Jasmine {
  DEFAULT_TIMEOUT_INTERVAL: number;
  getEnv(): {
    configure(options: object): void;
    clearReporters(): void;
    addReporter(reporter: { specDone(spec: Spec): void }): void;
    execute(): Promise<unknown>;
  };
}

interface Spec {
  readonly fullName: string;
  readonly status: string;
  readonly failedExpectations: readonly { readonly message: string }[];
}

const PRECISIONS = ['float32', 'tf32', 'bf16'] as const;
const WARM_UP = 3;
const MOST_FAILURES = 60;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    device: { type: 'string', default: 'cuda' },
    precision: { type: 'string', default: 'float32' },
    repeats: { type: 'string', default: '20' },
    filter: { type: 'string', default: '' },
    tiny: { type: 'boolean', default: false },
  },
});
const [what = '', name = ''] = positionals;
const precision = PRECISIONS.find((one) => one === values.precision) ?? 'float32';
const repeats = Number(values.repeats);

tf.enableProdMode();
const ranks = ranksOf();
const isOther = ranks !== undefined && ranks.rank > 0;
configure({ device: isOther ? cardOf(ranks.rank) : values.device, precision });
startTorchBackend();
await tf.setBackend('torch');
const subject = { what, device: values.device, precision, torch: statistics().torch };
const found = await check();
if (!isOther) print({ ...subject, ...found });
process.exit(0);

/** Each process computes on a card of its own. */
function cardOf(rank: number): string {
  return values.device === 'cuda' ? `cuda:${rank}` : values.device;
}

async function check(): Promise<object> {
  if (what === 'ops') return opTests();
  if (what === 'mae') return pretraining();
  if (what === 'exchange') return exchanged();
  if (what === 'steps' && isCaseName(name)) return { name, ...(await steps(cases[name]())) };
  throw new RangeError(`nothing to check is called "${[what, name].join(' ')}"`);
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function opTests(): Promise<object> {
  const require = createRequire(import.meta.url);
  const jasmine = (require('jasmine-core') as { boot(): Jasmine }).boot();
  jasmine.DEFAULT_TIMEOUT_INTERVAL = 60_000;
  const env = jasmine.getEnv();
  require('./op-tests.cjs');
  const specFilter = (spec: { getFullName(): string }): boolean =>
    spec.getFullName().includes(values.filter);
  env.configure({ random: false, specFilter });
  env.clearReporters();
  let passed = 0;
  const failures: string[] = [];
  env.addReporter({
    specDone: ({ fullName, status, failedExpectations }) => {
      if (status === 'passed') passed++;
      else if (status === 'failed')
        failures.push(`${fullName}: ${failedExpectations[0]?.message.slice(0, 200) ?? ''}`);
    },
  });
  await env.execute();
  const complex = failures.filter((text) => /complex/i.test(text)).length;
  const other = failures.filter((text) => !/complex/i.test(text));
  return { passed, failedOfComplexNumbers: complex, failed: other.slice(0, MOST_FAILURES) };
}

/** Sums and rows over processes: whether they are right, and how long 100 MB take. */
async function exchanged(): Promise<object> {
  if (!ranks) throw new RangeError('exchange needs the environment of torchrun');
  const { rank, size } = ranks;
  const exchange = await openExchange(ranks);
  const numbers = tf.range(0, 1000);
  const sum = await exchange.sum(tf.mul<tf.Tensor1D>(numbers, rank + 1));
  const factor = (size * (size + 1)) / 2;
  const error = tf.max(tf.abs(tf.sub(sum, tf.mul(numbers, factor))));
  const { by } = exchange.traffic;
  const rows =
    by === 'NCCL' ? await exchange.gatherRows(tf.fill<tf.Rank.R2>([1, 2], rank)).array() : null;
  const big = tf.zeros<tf.Rank.R1>([values.tiny ? 250_000 : 25_000_000]);
  const seconds: number[] = [];
  for (let index = 0; index < 5; index++) {
    const start = performance.now();
    const summed = await exchange.sum(big);
    await tf.slice1d(summed, 0, 1).data();
    seconds.push((performance.now() - start) / 1000);
    summed.dispose();
  }
  const result = { size, by, error: (await error.data())[0], rows, bytes: big.size * 4, seconds };
  await exchange.close();
  return result;
}

async function steps(work: () => Promise<number>): Promise<object> {
  for (let index = 0; index < WARM_UP; index++) await work();
  const before = statistics().calls;
  const seconds: number[] = [];
  let result = NaN;
  for (let index = 0; index < repeats; index++) {
    const start = performance.now();
    result = await work();
    seconds.push((performance.now() - start) / 1000);
  }
  const calls = (statistics().calls - before) / repeats;
  return { seconds, result, callsPerStep: calls, ...memory() };
}

/** MAE with ViT-B/16 at 96³ on soft blobs, every batch new. */
async function pretraining(): Promise<object> {
  const inputShape: Shape3 = values.tiny ? [32, 32, 32] : [96, 96, 96];
  const small = { embedDim: 48, depth: 2, numHeads: 3 };
  const config = VitConfig.parse(values.tiny ? small : {});
  const random = createRandom(1);
  const encoder = vitDefinition.create(config, { inputShape, inChannels: 1, random });
  const decoder = { decoderEmbedDim: 48, decoderDepth: 1, decoderNumHeads: 3 };
  const objective = maeDefinition.create(MaeConfig.parse(values.tiny ? decoder : {}), {
    encoder,
    random,
  });
  if (objective.kind !== 'masked') throw new TypeError('a masked objective was expected');
  const optimizer = new AdamW(parameterGroups(objective, { weightDecay: 0.05 }));
  const batch = 2;
  const grid = config.patchSize;
  const mask = quarterVisible(
    [inputShape[0] / grid[0], inputShape[1] / grid[1], inputShape[2] / grid[2]],
    batch,
  );
  const losses: number[] = [];
  const start = performance.now();
  for (let step = 0; step < repeats; step++) {
    const volumes = tf.tensor5d(blobs(batch, inputShape, step), [batch, ...inputShape, 1]);
    const value = tf.tidy(() => {
      const { loss, gradients } = gradientsOf(
        () => objective.loss(volumes, mask),
        optimizer.parameters,
      );
      optimizer.update(gradients, { learningRate: 1e-4 * Math.min(1, (step + 1) / 20) });
      return loss;
    });
    volumes.dispose();
    losses.push(...(await value.data()));
    value.dispose();
  }
  const seconds = (performance.now() - start) / 1000;
  return { steps: repeats, seconds, losses: losses.filter((_, at) => at % 10 === 0), ...memory() };
}

/** Soft balls of random places and sizes. */
function blobs(batch: number, [depth, height, width]: Shape3, step: number): Float32Array {
  const data = new Float32Array(batch * depth * height * width);
  const random = createRandom(step + 2);
  for (let sample = 0; sample < batch; sample++) {
    const [z, y, x] = [depth, height, width].map((extent) => extent * random.uniform());
    const radius = (0.1 + 0.2 * random.uniform()) * depth;
    let at = sample * depth * height * width;
    for (let d = 0; d < depth; d++)
      for (let h = 0; h < height; h++)
        for (let w = 0; w < width; w++)
          data[at++] = Math.exp(
            -((d - (z ?? 0)) ** 2 + (h - (y ?? 0)) ** 2 + (w - (x ?? 0)) ** 2) / radius ** 2,
          );
  }
  return data;
}

function memory(): object {
  const { bytes, liveTensors } = statistics();
  return { heldMiB: Math.round(bytes / 2 ** 20), liveTensors, deviceMiB: deviceMemory() };
}

/** What nvidia-smi says is used, PyTorch's cache included: the peak, since the cache only grows. */
function deviceMemory(): number | undefined {
  if (!values.device.startsWith('cuda')) return undefined;
  try {
    const query = ['--query-gpu=memory.used', '--format=csv,noheader,nounits'];
    return Number(execFileSync('nvidia-smi', query, { encoding: 'utf8' }).split('\n')[0]);
  } catch {
    return undefined;
  }
}
