import { type VoxelArray, VoxmimError } from '@voxmim/core';

import { swapByteOrder } from '../byte-order.js';
import type { StoredArray } from './datatype.js';
import type { NiftiHeader } from './header.js';

/** Takes the voxel bytes of a file as they come; the voxels exist once, in their final form. */
export interface VoxelSink {
  /** How many bytes it took; fewer than it got once the voxels are complete. */
  push(bytes: Uint8Array): number;
  /** Bytes taken so far. */
  readonly filled: number;
  /** The voxels, channels last; call it when `filled` is all of them. */
  finish(): VoxelArray;
}

/** Allocates the voxels that a header promises. */
export function createVoxelSink(header: NiftiHeader, origin: string): VoxelSink {
  try {
    const voxels = allocateVoxels(header);
    return isUnscaled(header) && header.channels === 1 && isAsStored(voxels, header)
      ? new StoredVoxels(voxels, header)
      : new ConvertedVoxels(voxels, header);
  } catch (error) {
    throw new VoxmimError(
      'UNSUPPORTED_FILE',
      `${origin} holds ${header.voxelBytes} bytes of voxels, more than can be allocated at once.`,
      'Read it where there is more memory, or split or crop it.',
      { path: origin, feature: `${header.voxelBytes} bytes` },
      { cause: error },
    );
  }
}

/** The stored type where the header asks for no arithmetic, else floats that hold every stored value. */
function allocateVoxels(header: NiftiHeader): VoxelArray {
  const { name, ArrayClass } = header.datatype;
  const count = header.voxelBytes / ArrayClass.BYTES_PER_ELEMENT;
  if (isUnscaled(header) && name !== 'int64' && name !== 'uint64') {
    const stored = new ArrayClass(count);
    if (isVoxelArray(stored)) return stored;
  }
  const isExactInFloat32 = ArrayClass.BYTES_PER_ELEMENT <= 2 || name === 'float32';
  return isExactInFloat32 ? new Float32Array(count) : new Float64Array(count);
}

function isUnscaled({ slope, intercept }: NiftiHeader): boolean {
  return slope === 1 && intercept === 0;
}

function isAsStored(voxels: VoxelArray, { datatype }: NiftiHeader): boolean {
  return voxels.constructor === datatype.ArrayClass;
}

/** Voxels whose stored form is their final one, but for the byte order. */
class StoredVoxels implements VoxelSink {
  filled = 0;
  readonly #bytes: Uint8Array;

  constructor(
    private readonly voxels: VoxelArray,
    private readonly header: NiftiHeader,
  ) {
    this.#bytes = new Uint8Array(voxels.buffer, 0, voxels.byteLength);
  }

  push(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.#bytes.length - this.filled);
    this.#bytes.set(bytes.subarray(0, taken), this.filled);
    this.filled += taken;
    return taken;
  }

  finish(): VoxelArray {
    if (!this.header.littleEndian) swapByteOrder(this.#bytes, this.voxels.BYTES_PER_ELEMENT);
    return this.voxels;
  }
}

const BLOCK_BYTES = 1 << 16;

/** Voxels that are scaled, or whose channels are woven together, block by block. */
class ConvertedVoxels implements VoxelSink {
  filled = 0;
  readonly #block = new Uint8Array(BLOCK_BYTES);
  readonly #stored: StoredArray;
  #blockFilled = 0;
  #channel = 0;
  #voxel = 0;

  constructor(
    private readonly voxels: VoxelArray,
    private readonly header: NiftiHeader,
  ) {
    const { ArrayClass } = header.datatype;
    this.#stored = new ArrayClass(
      this.#block.buffer,
      0,
      BLOCK_BYTES / ArrayClass.BYTES_PER_ELEMENT,
    );
  }

  push(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.header.voxelBytes - this.filled);
    for (let from = 0; from < taken;) {
      const part = Math.min(BLOCK_BYTES - this.#blockFilled, taken - from);
      this.#block.set(bytes.subarray(from, from + part), this.#blockFilled);
      this.#blockFilled += part;
      from += part;
      if (this.#blockFilled === BLOCK_BYTES) this.#convert();
    }
    this.filled += taken;
    return taken;
  }

  finish(): VoxelArray {
    this.#convert();
    return this.voxels;
  }

  #convert(): void {
    const { slope, intercept, channels, shape, littleEndian } = this.header;
    const size = this.#stored.BYTES_PER_ELEMENT;
    if (!littleEndian) swapByteOrder(this.#block.subarray(0, this.#blockFilled), size);
    const perChannel = shape[0] * shape[1] * shape[2];
    const count = this.#blockFilled / size;
    for (let index = 0; index < count; index++) {
      const value = Number(this.#stored[index]);
      this.voxels[this.#voxel * channels + this.#channel] = value * slope + intercept;
      this.#voxel += 1;
      if (this.#voxel < perChannel) continue;
      this.#voxel = 0;
      this.#channel += 1;
    }
    this.#blockFilled = 0;
  }
}

function isVoxelArray(stored: StoredArray): stored is VoxelArray {
  return !(stored instanceof BigInt64Array || stored instanceof BigUint64Array);
}
