/**
 * Whole arrays of random numbers. They are other numbers than a stream gives one by one.
 *
 * @module
 */
import type { Random } from './random.js';

/** Bits are drawn and turned into numbers in runs that stay in a core's first cache. */
const RUN = 1024;
const held = new Uint32Array(RUN);

/** Fills `target` with numbers in `[0, 1)`, of 24 random bits. */
export function fillUniform(target: Float32Array, random: Random): void {
  for (let from = 0; from < target.length; from += RUN) {
    const bits = drawRun(target.length - from, random);
    for (let at = 0; at < bits.length; at++) target[from + at] = ((bits[at] ?? 0) >>> 8) / 2 ** 24;
  }
}

/**
 * Fills `target` with standard normal numbers.
 *
 * Source: Marsaglia and Tsang, "The ziggurat method", 2000, with a layer drawn from other bits than the
 * place in it (Doornik 2005).
 */
export function fillNormal(target: Float32Array, random: Random): void {
  const { inside, scale } = ziggurat;
  for (let from = 0; from < target.length; from += RUN) {
    const bits = drawRun(target.length - from, random);
    for (let at = 0; at < bits.length; at++) {
      const layer = (bits[at] ?? 0) & (LAYERS - 1);
      const place = ((bits[at] ?? 0) | 0) >> LAYER_BITS;
      const size = place ^ (place >> 31);
      target[from + at] =
        size < (inside[layer] ?? 0) ? place * (scale[layer] ?? 0) : atEdge(layer, place, random);
    }
  }
}

/** Random bits for up to `wanted` numbers; they hold until the next call. */
function drawRun(wanted: number, random: Random): Uint32Array {
  const bits = wanted < RUN ? held.subarray(0, wanted) : held;
  random.fillBits(bits);
  return bits;
}

const LAYER_BITS = 7;
const LAYERS = 2 ** LAYER_BITS;
/** Where the lowest layer's rectangle ends and the tail begins, and the area of each layer. */
const TAIL = 3.442619855899;
const AREA = 9.91256303526217e-3;
/** A place in a layer is an integer within this. */
const PLACES = 2 ** (31 - LAYER_BITS);

const ziggurat = buildZiggurat();

function density(x: number): number {
  return Math.exp(-0.5 * x * x);
}

function buildZiggurat() {
  // Right ends of the layers from the tail's up to the top's, which is 0; the lowest is as if it were a
  // rectangle of the same area.
  const ends = [AREA / density(TAIL), TAIL];
  while (ends.length < LAYERS) {
    const last = ends[ends.length - 1] ?? 0;
    ends.push(Math.sqrt(-2 * Math.log(AREA / last + density(last))));
  }
  ends.push(0);
  const right = Float64Array.from(ends);
  return {
    /** Of the curve at the right ends. */
    heights: right.map(density),
    scale: right.map((end) => end / PLACES),
    /** Below this place a number is under the curve whatever its height in the layer. */
    inside: Int32Array.from({ length: LAYERS }, (_, layer) =>
      Math.floor(((right[layer + 1] ?? 0) / (right[layer] ?? 0)) * PLACES),
    ),
  };
}

/** What the quick test leaves open: the tail, or the wedge of a layer under the curve; else another number. */
function atEdge(layer: number, place: number, random: Random): number {
  const { heights, scale, inside } = ziggurat;
  for (;;) {
    if (layer === 0) return place < 0 ? -inTail(random) : inTail(random);
    const x = place * (scale[layer] ?? 0);
    const low = heights[layer] ?? 0;
    if (low + random.uniform() * ((heights[layer + 1] ?? 0) - low) < density(x)) return x;
    layer = random.integer(LAYERS);
    place = random.integer(2 * PLACES) - PLACES;
    if ((place ^ (place >> 31)) < (inside[layer] ?? 0)) return place * (scale[layer] ?? 0);
  }
}

function inTail(random: Random): number {
  for (;;) {
    const beyond = -Math.log(1 - random.uniform()) / TAIL;
    if (-2 * Math.log(1 - random.uniform()) > beyond * beyond) return TAIL + beyond;
  }
}
