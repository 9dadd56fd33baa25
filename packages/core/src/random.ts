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
  /**
   * Fills an array with random bits, many times as fast as one by one: xoshiro128++ seeded by the next
   * block of the stream.
   */
  fillBits(target: Uint32Array): void;
  /** An independent stream under this one; the parent's position does not matter. */
  stream(...key: readonly (string | number)[]): Random;
}

// Bound once: inside a vm context, as under Jest, each look-up of a global such as Math is slow.
const { imul } = Math;

/**
 * Opens the stream named by `seed` and `key`.
 *
 * @param seed any safe integer
 */
export function createRandom(seed: number, ...key: readonly (string | number)[]): Random {
  const [keyLow, keyHigh] = hashKey([seed, ...key]);
  const block = new Uint32Array(4);
  let counter = 0;

  const startBlock = (): void => {
    block[0] = counter / 4;
    block[1] = block[2] = block[3] = 0;
    philox(block, keyLow, keyHigh);
  };
  const word = (): number => {
    const lane = counter % 4;
    if (lane === 0) startBlock();
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
    fillBits: (target) => {
      counter = Math.ceil(counter / 4) * 4;
      startBlock();
      counter += 4;
      xoshiro(target, block);
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
 * Ten rounds of Philox 4×32: turns four counter words, in place, into four random words.
 * Exported for the known-answer test only.
 */
export function philox(block: Uint32Array, keyLow: number, keyHigh: number): void {
  // Not by destructuring: that takes an iterator, and many times as long.
  let [a, b, c, d] = [block[0] ?? 0, block[1] ?? 0, block[2] ?? 0, block[3] ?? 0];
  for (let round = 0; round < 10; round++) {
    const [fromA, fromC] = [a, c];
    a = highProduct(0xcd9e8d57, fromC) ^ b ^ keyLow;
    b = imul(0xcd9e8d57, fromC);
    c = highProduct(0xd2511f53, fromA) ^ d ^ keyHigh;
    d = imul(0xd2511f53, fromA);
    keyLow = (keyLow + 0x9e3779b9) | 0;
    keyHigh = (keyHigh + 0xbb67ae85) | 0;
  }
  block[0] = a;
  block[1] = b;
  block[2] = c;
  block[3] = d;
}

/** The upper 32 bits of a 32 × 32 bit product, as an int32. */
function highProduct(left: number, right: number): number {
  const low = imul(left, right) >>> 0;
  // The product in double precision is off by less than 2^11; without its lower half, to be divided by
  // 2^32, by less than one half.
  return (((left >>> 0) * (right >>> 0) - low) / 2 ** 32 + 0.5) | 0;
}

/**
 * Fills `target` from a generator that is quick in long runs. Source: Blackman and Vigna, "Scrambled linear
 * pseudorandom number generators", 2021, xoshiro128++ 1.0. Exported for the known-answer test only.
 *
 * @param seed four words, not all 0
 */
export function xoshiro(target: Uint32Array, seed: Uint32Array): void {
  // As int32, which is what bitwise operators give.
  let [a, b, c, d] = [int32(seed[0]), int32(seed[1]), int32(seed[2]), int32(seed[3])];
  for (let index = 0; index < target.length; index++) {
    const sum = (a + d) | 0;
    target[index] = ((sum << 7) | (sum >>> 25)) + a;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
  }
}

function int32(word = 0): number {
  return word | 0;
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
