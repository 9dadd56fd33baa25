import koffi from 'koffi';

const WORDS = 4096;
const TWO_32 = 4294967296;

/**
 * Memory at a fixed address that JavaScript sees through one view: arguments and results of calls go
 * through it as plain numbers, and no typed array or BigInt crosses the border. A slot is 64 bits.
 */
export class Scratch {
  /** Slots 0 to 63: the arguments and results of one operator. */
  static readonly stack = 0;
  /** Where single results are written. */
  static readonly out = 64;
  /** For one value on its way into a list or an optional. */
  static readonly item = 65;
  /** 64 slots for the extents of a new tensor, and 64 for its strides. */
  static readonly extents = 128;
  static readonly strides = 192;

  /** The address of slot 0. */
  readonly base: number;
  readonly #words: Uint32Array;
  readonly #signed: Int32Array;
  readonly #doubles: Float64Array;
  readonly #floats: Float32Array;

  constructor(allocate: (bytes: number) => number) {
    this.base = allocate(WORDS * 8);
    const buffer = koffi.view(BigInt(this.base), WORDS * 8);
    this.#words = new Uint32Array(buffer);
    this.#signed = new Int32Array(buffer);
    this.#doubles = new Float64Array(buffer);
    this.#floats = new Float32Array(buffer);
  }

  address(slot: number): number {
    return this.base + slot * 8;
  }

  /** A signed 64-bit integer; exact up to 2⁵³. */
  readInteger(slot: number): number {
    return (this.#words[slot * 2] ?? 0) + (this.#signed[slot * 2 + 1] ?? 0) * TWO_32;
  }

  writeInteger(slot: number, value: number): void {
    this.#words[slot * 2] = value >>> 0;
    this.#words[slot * 2 + 1] = Math.floor(value / TWO_32) >>> 0;
  }

  readPointer(slot: number): number {
    return (this.#words[slot * 2] ?? 0) + (this.#words[slot * 2 + 1] ?? 0) * TWO_32;
  }

  /** The low half of a slot: what the C interface writes for int32 and bool. */
  readInt32(slot: number): number {
    return this.#signed[slot * 2] ?? 0;
  }

  writeInt32s(slot: number, low: number, high: number): void {
    this.#words[slot * 2] = low >>> 0;
    this.#words[slot * 2 + 1] = high >>> 0;
  }

  readFlag(slot: number): boolean {
    return ((this.#words[slot * 2] ?? 0) & 255) !== 0;
  }

  readDouble(slot: number): number {
    return this.#doubles[slot] ?? NaN;
  }

  writeDouble(slot: number, value: number): void {
    this.#doubles[slot] = value;
  }

  readFloat(slot: number): number {
    return this.#floats[slot * 2] ?? NaN;
  }
}
