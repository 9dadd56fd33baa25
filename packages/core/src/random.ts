/**
 * Counter-based randomness (Philox 4×32-10).
 *
 * A stream is named by a seed and a key such as `('crop', epoch, sample)`; its numbers depend on
 * nothing else. So masks, crops and augmentations are the same on every machine, for any number of
 * workers and after any resume, and no generator state has to be saved.
 *
 * Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011; checked against
 * the known-answer vectors of Random123.
 *
 * @module
 */

/** A seeded stream of random numbers. */
export interface Random {
  /** The next number in `[0, 1)`, with 32 random bits. */
  uniform(): number;
  /** The next integer in `[0, below)`. */
  integer(below: number): number;
  /** The next standard normal number (Box–Muller). */
  normal(): number;
  /** An independent stream under this one; the parent's position does not matter. */
  stream(...key: readonly (string | number)[]): Random;
}

type Words4 = [number, number, number, number];

// Bound once: inside a vm context, as under Jest, each look-up of a global such as Math is slow.
const { imul } = Math;

/**
 * Opens the stream named by `seed` and `key`.
 *
 * @param seed any safe integer
 */
export function createRandom(seed: number, ...key: readonly (string | number)[]): Random {
  const path = [seed, ...key];
  const [keyLow, keyHigh] = hashKey(path);
  let block: Words4 = [0, 0, 0, 0];
  let counter = 0;

  const word = (): number => {
    const lane = counter % 4;
    if (lane === 0) block = philox([counter / 4, 0, 0, 0], keyLow, keyHigh);
    counter += 1;
    return block[lane] ?? 0;
  };
  const uniform = (): number => word() / 2 ** 32;
  return {
    uniform,
    integer: (below) => Math.floor(uniform() * below),
    normal: () => {
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      return radius * Math.cos(2 * Math.PI * uniform());
    },
    stream: (...more) => createRandom(seed, ...key, ...more),
  };
}

/** A random permutation of `0 … length - 1` (Fisher–Yates). */
export function permutation(length: number, random: Random): Int32Array {
  const order = Int32Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last--) {
    const pick = random.integer(last + 1);
    const held = order[last] ?? 0;
    order[last] = order[pick] ?? 0;
    order[pick] = held;
  }
  return order;
}

/**
 * Ten rounds of Philox 4×32: four counter words and two key words to four random words.
 * Exported for the known-answer test only.
 */
export function philox(counter: Words4, keyLow: number, keyHigh: number): Words4 {
  let [a, b, c, d] = counter;
  for (let round = 0; round < 10; round++) {
    [a, b, c, d] = [
      (highProduct(0xcd9e8d57, c) ^ b ^ keyLow) >>> 0,
      imul(0xcd9e8d57, c) >>> 0,
      (highProduct(0xd2511f53, a) ^ d ^ keyHigh) >>> 0,
      imul(0xd2511f53, a) >>> 0,
    ];
    keyLow = (keyLow + 0x9e3779b9) >>> 0;
    keyHigh = (keyHigh + 0xbb67ae85) >>> 0;
  }
  return [a, b, c, d];
}

/** The upper 32 bits of a 32 × 32 bit product; every partial sum stays below 2^53. */
function highProduct(left: number, right: number): number {
  const leftLow = left & 0xffff;
  const leftHigh = left >>> 16;
  const rightLow = right & 0xffff;
  const rightHigh = right >>> 16;
  const middle = leftHigh * rightLow + ((leftLow * rightLow) >>> 16);
  const carry = leftLow * rightHigh + (middle & 0xffff);
  return leftHigh * rightHigh + (middle >>> 16) + (carry >>> 16);
}

/** Two independent 32-bit hashes (FNV-1a, then a finalizer) of a key's text. */
function hashKey(path: readonly (string | number)[]): [number, number] {
  const text = path.map((part) => `${typeof part}:${part}`).join('/');
  return [hashText(text, 0x811c9dc5), hashText(text, 0x9747b28c)];
}

function hashText(text: string, basis: number): number {
  let hash = basis;
  for (let index = 0; index < text.length; index++) {
    hash = imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
