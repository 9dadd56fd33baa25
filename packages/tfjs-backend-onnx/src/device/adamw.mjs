import { BLOCK, OFFSETS, createAdamWModule } from './adamw-module.mjs';

/** @type {ReturnType<typeof createAdamWModule> | undefined} */
let compiled;

/**
 * Updates a parameter and its moments in place.
 *
 * @param {{ param: ArrayBuffer, gradient: ArrayBuffer, first: ArrayBuffer, second: ArrayBuffer }} buffers
 * @param {ArrayBuffer} hyper - Five float32: rate, 1/sqrt(bias correction 2), decay, gradient scale, epsilon.
 * @param {number} beta1
 * @param {number} beta2
 */
export function updateAdamW(buffers, hyper, beta1, beta2) {
  const [rate = 0, root = 1, decay = 1, scale = 1, epsilon = 0] = new Float32Array(hyper);
  compiled ??= createAdamWModule();
  const { memory, update } = compiled;
  const param = new Float32Array(buffers.param);
  const gradient = new Float32Array(buffers.gradient);
  const first = new Float32Array(buffers.first);
  const second = new Float32Array(buffers.second);
  for (let start = 0; start < param.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, param.length);
    memory.set(gradient.subarray(start, end), OFFSETS.gradient / 4);
    memory.set(param.subarray(start, end), OFFSETS.param / 4);
    memory.set(first.subarray(start, end), OFFSETS.first / 4);
    memory.set(second.subarray(start, end), OFFSETS.second / 4);
    const squareShare = (1 - beta2) * scale * scale;
    update(
      (end - start) * 4,
      beta1,
      (1 - beta1) * scale,
      beta2,
      squareShare,
      decay,
      rate,
      root,
      epsilon,
    );
    param.set(block(memory, OFFSETS.param, end - start), start);
    first.set(block(memory, OFFSETS.first, end - start), start);
    second.set(block(memory, OFFSETS.second, end - start), start);
  }
}

/**
 * @param {Float32Array} memory
 * @param {number} offset
 * @param {number} count
 */
function block(memory, offset, count) {
  return memory.subarray(offset / 4, offset / 4 + count);
}
