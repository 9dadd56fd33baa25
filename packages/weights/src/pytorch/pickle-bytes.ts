import { VoxmimError } from '@voxmim/core';

const text = new TextDecoder();

/** The longest whole number that is read: states of random generators have 16 bytes. */
const LONGEST_INTEGER = 32;

/** Reads a pickle's bytes in order; past the end is an error that names the file. */
export class PickleBytes {
  #offset = 0;
  readonly #view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    readonly path: string,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** A length of eight bytes. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  /** Big-endian, as pickles alone have it. */
  float64(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** A little-endian two's complement number of so many bytes; longer ones cost their square. */
  integer(length: number): number {
    if (length > LONGEST_INTEGER) throw this.damaged(`a whole number has ${length} bytes`);
    let value = 0n;
    for (const byte of this.take(length).slice().reverse()) value = (value << 8n) | BigInt(byte);
    return Number(length > 0 ? BigInt.asIntN(8 * length, value) : 0n);
  }

  take(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.bytes.subarray(start, start + length);
  }

  text(length: number): string {
    return text.decode(this.take(length));
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.#offset);
    if (end < 0) throw this.damaged('a line has no end');
    const found = this.text(end - this.#offset);
    this.#advance(1);
    return found;
  }

  damaged(reason: string): VoxmimError<'INVALID_FILE'> {
    return new VoxmimError(
      'INVALID_FILE',
      `${this.path} is no sound PyTorch file: ${reason}, at byte ${this.#offset} of its pickle.`,
      'Copy or download the file again.',
      { path: this.path },
    );
  }

  #advance(length: number): number {
    const start = this.#offset;
    if (start + length > this.bytes.byteLength) throw this.damaged('it ends too early');
    this.#offset += length;
    return start;
  }
}
