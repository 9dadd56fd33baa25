import { createRandom, permutation } from '@voxmim/core';

/**
 * Which case the `n`-th sample of a run comes from: every case once per epoch, in an order drawn
 * anew for each epoch. Depends on the arguments only, so that a resumed run goes on exactly.
 */
export function createSampleOrder(
  ids: readonly string[],
  seed: number,
): (sample: number) => string {
  let epoch = -1;
  let order: Int32Array = new Int32Array(0);
  return (sample) => {
    const wanted = Math.floor(sample / ids.length);
    if (wanted !== epoch) {
      order = permutation(ids.length, createRandom(seed, 'order', wanted));
      epoch = wanted;
    }
    return ids[order[sample % ids.length] ?? 0] ?? '';
  };
}
