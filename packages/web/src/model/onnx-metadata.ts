import { VoxmimError } from '@voxmim/core';

/** The field of a `ModelProto` that holds its metadata, as pairs of key and value. */
const METADATA_FIELD = 14;

/**
 * The texts that an ONNX file carries, by key. ONNX Runtime does not tell them in a browser, so the outermost
 * fields of the protocol buffer are walked; what they hold is skipped.
 *
 * @param origin the file, for messages
 * @throws `INVALID_FILE` for what is no protocol buffer, or ends within a field
 */
export function onnxMetadata(bytes: Uint8Array, origin: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { field, content } of fieldsOf(bytes, origin)) {
    if (field !== METADATA_FIELD || content === undefined) continue;
    const pair = new Map(
      fieldsOf(content, origin).map((part) => [part.field, text(part.content)] as const),
    );
    found.set(pair.get(1) ?? '', pair.get(2) ?? '');
  }
  return found;
}

interface Field {
  readonly field: number;
  /** Of a field with a length; undefined for numbers. */
  readonly content: Uint8Array | undefined;
}

function fieldsOf(bytes: Uint8Array, origin: string): Field[] {
  const fields: Field[] = [];
  const reader = new Reader(bytes, origin);
  while (!reader.ended) fields.push(reader.field());
  return fields;
}

function text(content: Uint8Array | undefined): string {
  return new TextDecoder().decode(content);
}

/** Bytes of each wire type of a fixed size. */
const FIXED_BYTES: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

class Reader {
  #at = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly origin: string,
  ) {}

  get ended(): boolean {
    return this.#at >= this.bytes.length;
  }

  field(): Field {
    const key = this.#varint();
    const [field, wire] = [Math.floor(key / 8), key % 8];
    if (field === 0) throw this.#damaged();
    if (wire === 0) {
      this.#varint();
      return { field, content: undefined };
    }
    const fixed = FIXED_BYTES[wire];
    if (fixed !== undefined) {
      this.#take(fixed);
      return { field, content: undefined };
    }
    if (wire !== 2) throw this.#damaged();
    return { field, content: this.#take(this.#varint()) };
  }

  #varint(): number {
    let value = 0;
    for (let digit = 0; digit < 10; digit++) {
      const byte = this.bytes[this.#at++];
      if (byte === undefined) throw this.#damaged();
      value += (byte % 128) * 128 ** digit;
      if (byte < 128) return value;
    }
    throw this.#damaged();
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.bytes.length) throw this.#damaged();
    const taken = this.bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  #damaged(): VoxmimError<'INVALID_FILE'> {
    return new VoxmimError(
      'INVALID_FILE',
      `${this.origin} is no ONNX file, or a part of one.`,
      'Give the whole file that voxmim export wrote.',
      { path: this.origin, offset: this.#at },
    );
  }
}
