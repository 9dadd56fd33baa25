import { type Random, VoxmimError } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

// Looked up once: in a sandbox, such as a test runner's, a global costs more than the logarithm.
const { cos, log, PI, sin, sqrt } = Math;

/**
 * Draws the initial value of a parameter from `random`, which it uses up: give every parameter a
 * stream of its own.
 *
 * @param shape in PyTorch's layout, from which fans are counted
 * @throws `INVALID_CONFIG` before anything is allocated, for more than half a GiB
 */
export type Initializer = <R extends tf.Rank>(
  shape: tf.ShapeMap[R],
  random: Random,
) => tf.Tensor<R>;

/** Normal with mean 0 and standard deviation `std`. */
export function normal(std: number): Initializer {
  return (shape, random) => fill(shape, gaussian(random, std));
}

/**
 * Normal with standard deviation 0.02, as timm, MAE, SimMIM and MONAI start transformers. Their
 * `trunc_normal_` cuts at ±2 absolute, a hundred deviations out, so nothing is ever cut.
 */
export const truncatedNormal: Initializer = normal(0.02);

/** Uniform within `±sqrt(6 / (fanIn + fanOut))`. Source: Glorot & Bengio, 2010. */
export const xavierUniform: Initializer = (shape, random) => {
  const [fanIn, fanOut] = fans(shape);
  return fill(shape, uniform(random, Math.sqrt(6 / (fanIn + fanOut))));
};

/** How the linear layers of a transformer may start, by name. */
export const linearInitializers = {
  /** {@link truncatedNormal}, whatever the width. */
  normal: truncatedNormal,
  /** {@link xavierUniform}: by the width, as facebook MAE starts encoder and decoder. */
  xavier: xavierUniform,
} as const satisfies Readonly<Record<string, Initializer>>;

/** Uniform within `±1 / sqrt(fanIn)`: what PyTorch gives the weights of a new layer. */
export const kaimingUniform: Initializer = (shape, random) =>
  fill(shape, uniform(random, 1 / Math.sqrt(fans(shape)[0])));

/** Uniform within `±1 / sqrt(fanIn)`: what PyTorch gives the biases of a new layer. */
export function uniformBias(size: number, fanIn: number, random: Random): tf.Tensor1D {
  return fill<tf.Rank.R1>([size], uniform(random, 1 / Math.sqrt(fanIn)));
}

/** Inputs per output and outputs per input of a weight `[out, in, ...kernel]`. */
function fans(shape: readonly number[]): [fanIn: number, fanOut: number] {
  const [out = 1, ...rest] = shape;
  const taps = rest.slice(1).reduce((product, extent) => product * extent, 1);
  return [(rest[0] ?? 1) * taps, out * taps];
}

/** The most numbers of one weight, 512 MiB of them: ten times those of the largest published encoders. */
const MOST_NUMBERS = 2 ** 27;

function fill<R extends tf.Rank>(shape: tf.ShapeMap[R], draw: () => number): tf.Tensor<R> {
  const size = checkedSize(shape);
  const values = new Float32Array(size);
  for (let index = 0; index < values.length; index++) values[index] = draw();
  return tf.tensor(values, shape, 'float32');
}

/** How many numbers a weight has. @throws `INVALID_CONFIG` for more than half a GiB of them */
export function checkedSize(shape: readonly number[]): number {
  const size = tf.util.sizeFromShape([...shape]);
  if (size > MOST_NUMBERS) throw tooLarge(shape, size);
  return size;
}

function tooLarge(shape: readonly number[], size: number): VoxmimError<'INVALID_CONFIG'> {
  return new VoxmimError(
    'INVALID_CONFIG',
    `a weight of [${shape.join(', ')}] takes ${((4 * size) / 2 ** 30).toFixed(1)} GiB; more than half a GiB is refused.`,
    'Choose smaller widths, such as embedDim.',
    { path: 'weight', received: shape },
  );
}

function uniform(random: Random, limit: number): () => number {
  const next = generator(random);
  return () => (2 * next() - 1) * limit;
}

/** Box–Muller, both numbers of each pair used. */
function gaussian(random: Random, std: number): () => number {
  const next = generator(random);
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = std * sqrt(-2 * log(1 - next()));
    const angle = 2 * PI * next();
    spare = radius * sin(angle);
    return radius * cos(angle);
  };
}

/**
 * A fast generator (sfc32) started from `random`: a hundred million weights take seconds, not
 * minutes, and are still the same everywhere.
 */
function generator(random: Random): () => number {
  const word = () => Math.floor(random.uniform() * 2 ** 32) | 0;
  let [a, b, c, counter] = [word(), word(), word(), 1];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 12; round++) next();
  return next;
}
