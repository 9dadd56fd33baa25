/** What an engine costs beside the arithmetic: processor time of an op on tensors of a few numbers. */
import * as tf from '@tensorflow/tfjs-core';

const OPS = 2000;
/** Lazy engines compute what they have recorded when something is read. */
const READ_EVERY = 200;

/** Microseconds of processor time, all threads together, per `tf.mul` of two small tensors. */
export async function opOverhead(): Promise<number> {
  const x = tf.tensor1d([1, 2, 3, 4]);
  await chain(x, READ_EVERY);
  const before = process.cpuUsage();
  for (let done = 0; done < OPS; done += READ_EVERY) await chain(x, READ_EVERY);
  const { user, system } = process.cpuUsage(before);
  x.dispose();
  return (user + system) / OPS;
}

async function chain(x: tf.Tensor1D, length: number): Promise<void> {
  const last = tf.tidy(() => {
    let product = tf.mul(x, x);
    for (let index = 1; index < length; index++) product = tf.mul(x, x);
    return product;
  });
  await last.data();
  last.dispose();
}
