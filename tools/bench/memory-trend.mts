/** How resident memory moves over many steps, told apart from garbage that is not collected yet. */
import * as tf from '@tensorflow/tfjs-core';

const SAMPLES = 10;
/** Below it, collections would disturb the timing of a large share of the steps. */
const LEAST_STEPS = 100;

/** How memory moved between the end of the warm-up and the last step. */
export interface MemoryTrend {
  readonly growthMb: number;
  readonly newTensors: number;
  /** Resident after garbage collection, at regular steps; only with many repeats. */
  readonly samplesMb: readonly number[];
  /** Of the second half of the samples, per 100 steps, with its standard error. */
  readonly slopeMb: readonly [slope: number, error: number] | null;
}

/** Watches a number of steps. Samples need Node's `--expose-gc`. */
export function watchMemory(steps: number) {
  const before = { tensors: tf.memory().numTensors, rss: resident() };
  const samples: number[] = [];
  const every = Math.ceil(steps / SAMPLES);
  let step = 0;
  return {
    afterStep(): void {
      step++;
      if (steps < LEAST_STEPS || step % every !== 0) return;
      globalThis.gc?.();
      samples.push(resident());
    },
    trend(): MemoryTrend {
      // Code is compiled and the heap finds its size in the first half.
      const settled = samples.slice(samples.length / 2);
      return {
        growthMb: Math.round(resident() - before.rss),
        newTensors: tf.memory().numTensors - before.tensors,
        samplesMb: samples.map((value) => Math.round(value * 10) / 10),
        slopeMb: settled.length < 3 ? null : slope(settled, every / 100),
      };
    },
  };
}

function resident(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}

/** Least squares: the change over one unit, and its standard error; values are `distance` units apart. */
function slope(values: readonly number[], distance: number): [number, number] {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = values.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
  const change =
    values.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0) / spread;
  const rest = values.reduce(
    (sum, value, index) => sum + (value - mean - change * (index - middle)) ** 2,
    0,
  );
  const error = Math.sqrt(rest / (values.length - 2) / spread);
  return [change / distance, error / distance];
}
