/**
 * Buffers by size, reused: a fresh page costs a fault on first touch, which over a model's parameters takes
 * longer than the arithmetic. A training step frees exactly the sizes that the next one takes.
 */
export class BufferPool {
  /** @type {Map<number, ArrayBuffer[]>} */
  #free = new Map();
  #liveBytes = 0;
  #pooledBytes = 0;
  #allocations = 0;

  /**
   * A buffer of exactly `byteLength` bytes with unspecified content.
   * @param {number} byteLength
   */
  take(byteLength) {
    this.#liveBytes += byteLength;
    const reused = this.#free.get(byteLength)?.pop();
    if (!reused) return this.#allocate(byteLength);
    this.#pooledBytes -= byteLength;
    return reused;
  }

  /**
   * Memory holding uploaded values: a kept buffer of the size, else the values' own. Taking over every
   * upload's buffer would let the pool grow with each batch, since uploads take none from it.
   * @param {import('../graph/value.js').HostArray} data
   */
  adopt(data) {
    const { buffer, byteLength } = data;
    const kept = this.#free.get(byteLength)?.length ?? 0;
    if (kept === 0 && buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) {
      this.#liveBytes += byteLength;
      return buffer;
    }
    const copy = this.take(byteLength);
    new Uint8Array(copy).set(new Uint8Array(buffer, data.byteOffset, byteLength));
    return copy;
  }

  /** @param {ArrayBuffer} buffer */
  give(buffer) {
    const { byteLength } = buffer;
    this.#liveBytes -= byteLength;
    this.#pooledBytes += byteLength;
    const sameSize = this.#free.get(byteLength);
    if (sameSize) sameSize.push(buffer);
    else this.#free.set(byteLength, [buffer]);
    this.#trim();
  }

  statistics() {
    return {
      liveBytes: this.#liveBytes,
      pooledBytes: this.#pooledBytes,
      allocations: this.#allocations,
    };
  }

  /** @param {number} byteLength */
  #allocate(byteLength) {
    this.#allocations++;
    return new ArrayBuffer(byteLength);
  }

  /** Lets the sizes that were filled first go, until what is kept is no more than what is in use. */
  #trim() {
    const limit = Math.max(MINIMUM_POOL_BYTES, this.#liveBytes);
    for (const [size, list] of this.#free) {
      while (this.#pooledBytes > limit && list.pop()) this.#pooledBytes -= size;
      if (list.length === 0) this.#free.delete(size);
      if (this.#pooledBytes <= limit) return;
    }
  }
}

const MINIMUM_POOL_BYTES = 512 * 2 ** 20;
