/**
 * AdamW in one pass over memory. As graph operators the update takes thirteen passes, because ONNX Runtime
 * does not fuse elementwise operators on the CPU; it was a fifth of a training step. The loop is WebAssembly
 * with four-wide vectors, single precision throughout, as in PyTorch. It is assembled here, instruction by
 * instruction, so that the package needs no compiler and carries no opaque binary.
 */

/** Numbers per block: four arrays of it fit a core's second-level cache. */
export const BLOCK = 16_384;
const BYTES = BLOCK * 4;
/** Where the four arrays of a block lie in the module's memory. */
export const OFFSETS = { gradient: 0, param: BYTES, first: 2 * BYTES, second: 3 * BYTES };
const PAGES = (4 * BYTES) / 65_536;

const I32 = 0x7f;
const F32 = 0x7d;
const V128 = 0x7b;
const GET = 0x20;
const SET = 0x21;
const SIMD = 0xfd;
const splat = [SIMD, 0x13];
const sqrt = [SIMD, 0xe3, 0x01];
const add = [SIMD, 0xe4, 0x01];
const subtract = [SIMD, 0xe5, 0x01];
const multiply = [SIMD, 0xe6, 0x01];
const divide = [SIMD, 0xe7, 0x01];

/** Scalar parameters of the function, after the number of bytes; each becomes a vector local. */
const SCALARS = [
  'beta1',
  'gradientShare',
  'beta2',
  'squareShare',
  'decay',
  'rate',
  'root',
  'epsilon',
];
const COUNTER = 1 + SCALARS.length;
const VECTORS = COUNTER + 1;
const GRADIENT = VECTORS + SCALARS.length;
const FIRST = GRADIENT + 1;
const SECOND = GRADIENT + 2;

/**
 * @typedef {(
 *   bytes: number, beta1: number, gradientShare: number, beta2: number, squareShare: number,
 *   decay: number, rate: number, root: number, epsilon: number,
 * ) => void} AdamWBlock
 */

/**
 * The compiled update of one block of the memory returned with it.
 * @returns {{ memory: Float32Array, update: AdamWBlock }}
 */
export function createAdamWModule() {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()));
  const { memory, update } = instance.exports;
  if (!(memory instanceof WebAssembly.Memory) || typeof update !== 'function') {
    throw new TypeError('the AdamW module lacks its exports');
  }
  return {
    memory: new Float32Array(memory.buffer),
    update: (...numbers) => {
      update(...numbers);
    },
  };
}

function moduleBytes() {
  const parameters = [I32, ...SCALARS.map(() => F32)];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, ...vector(parameters), 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, ...unsigned(PAGES)]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('update'), 0, 0]),
    ...section(10, [1, ...vector(body())]),
  ]);
}

function body() {
  const locals = [2, 1, I32, SCALARS.length + 3, V128];
  const splats = SCALARS.flatMap((_, index) => [GET, 1 + index, ...splat, SET, VECTORS + index]);
  return [...locals, ...splats, ...loop(), 0x0b];
}

function loop() {
  return [
    ...[0x03, 0x40],
    ...load(OFFSETS.gradient),
    ...[SET, GRADIENT],
    // first = beta1 first + gradientShare gradient
    ...[...load(OFFSETS.first), ...scalar('beta1'), ...multiply],
    ...[GET, GRADIENT, ...scalar('gradientShare'), ...multiply, ...add, SET, FIRST],
    // second = beta2 second + squareShare gradient²
    ...[...load(OFFSETS.second), ...scalar('beta2'), ...multiply],
    ...[GET, GRADIENT, GET, GRADIENT, ...multiply, ...scalar('squareShare'), ...multiply],
    ...[...add, SET, SECOND],
    ...store(OFFSETS.first, [GET, FIRST]),
    ...store(OFFSETS.second, [GET, SECOND]),
    // param = decay param - rate first / (root sqrt(second) + epsilon)
    ...store(OFFSETS.param, [
      ...[...load(OFFSETS.param), ...scalar('decay'), ...multiply],
      ...[...scalar('rate'), GET, FIRST, ...multiply],
      ...[GET, SECOND, ...sqrt, ...scalar('root'), ...multiply, ...scalar('epsilon'), ...add],
      ...[...divide, ...subtract],
    ]),
    // counter += 16; repeat while counter < bytes
    ...[GET, COUNTER, 0x41, 16, 0x6a, 0x22, COUNTER, GET, 0, 0x49, 0x0d, 0],
    0x0b,
  ];
}

/** @param {string} wanted */
function scalar(wanted) {
  return [GET, VECTORS + SCALARS.indexOf(wanted)];
}

/** @param {number} offset */
function load(offset) {
  return [GET, COUNTER, SIMD, 0x00, 4, ...unsigned(offset)];
}

/**
 * @param {number} offset
 * @param {number[]} value
 */
function store(offset, value) {
  return [GET, COUNTER, ...value, SIMD, 0x0b, 4, ...unsigned(offset)];
}

/**
 * @param {number} id
 * @param {number[]} content
 */
function section(id, content) {
  return [id, ...vector(content)];
}

/** @param {number[]} content */
function vector(content) {
  return [...unsigned(content.length), ...content];
}

/** @param {string} text */
function name(text) {
  return vector(Array.from(new TextEncoder().encode(text)));
}

/**
 * @param {number} value
 * @returns {number[]}
 */
function unsigned(value) {
  return value < 128 ? [value] : [(value % 128) + 128, ...unsigned(Math.floor(value / 128))];
}
