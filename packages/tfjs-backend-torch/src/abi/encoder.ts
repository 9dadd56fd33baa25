import type { Library } from './library.js';
import { Scratch } from './scratch.js';
import { isList, Tensor, type Value } from './tensor.js';

/** Writes a value as libtorch wants it into a slot. What it allocates, the call frees. */
export type Encode = (value: Value, slot: number) => void;

/** The pieces that encoders write with. */
export interface EncoderTools {
  readonly library: Library;
  readonly scratch: Scratch;
  /** The address of a text that stays. */
  readonly text: (text: string) => number;
  readonly check: (code: number, what: string) => void;
}

const NUMBERS = new Set(['int', 'ScalarType', 'Layout', 'MemoryFormat']);

/**
 * The encoder of a schema's type, such as `Tensor?` or `int[]`. Scalar is not among them: libtorch's
 * dispatcher interface cannot take it.
 */
export function encoderOf(type: string, tools: EncoderTools): Encode {
  if (type.endsWith('?')) return optional(type.slice(0, -1), tools);
  if (type.endsWith('[]')) return list(type.slice(0, -2), tools);
  const { scratch } = tools;
  if (type === 'Tensor') return (value, slot) => duplicate(value, scratch.address(slot), tools);
  if (type === 'float') {
    return (value, slot) =>
      scratch.writeDouble(slot, typeof value === 'number' ? value : refuse(type, value));
  }
  if (type === 'bool') {
    return (value, slot) =>
      scratch.writeInt32s(
        slot,
        typeof value === 'boolean' ? Number(value) : refuse(type, value),
        0,
      );
  }
  if (type === 'str') return (value, slot) => text(value, slot, tools);
  if (type === 'Device') {
    return (value, slot) => {
      const [kind, index] = isList(value) ? value : [];
      if (typeof kind !== 'number' || typeof index !== 'number') return refuse(type, value);
      scratch.writeInt32s(slot, index, kind);
    };
  }
  if (!NUMBERS.has(type)) throw new RangeError(`libtorch's C interface cannot take a ${type}`);
  return (value, slot) =>
    scratch.writeInteger(slot, typeof value === 'number' ? value : refuse(type, value));
}

function refuse(type: string, value: Value): never {
  throw new TypeError(`a ${value === null ? 'null' : typeof value} is no ${type}`);
}

/** The call eats a handle, so it gets one of its own. */
function duplicate(value: Value, address: number, { library, check }: EncoderTools): void {
  if (!(value instanceof Tensor)) return refuse('Tensor', value);
  check(library.newHandle(value.handle, address), 'a tensor handle');
}

function text(
  value: Value,
  slot: number,
  { library, scratch, text: addressOf, check }: EncoderTools,
): void {
  if (typeof value !== 'string') return refuse('str', value);
  const bytes = Buffer.byteLength(value);
  check(library.newString(addressOf(value), bytes, scratch.address(slot)), 'a text');
}

/** Null, or the address of a box that holds the value. */
function optional(inner: string, tools: EncoderTools): Encode {
  const { library, scratch, check } = tools;
  const encode = encoderOf(inner, tools);
  const box = (): number => {
    if (!library.newStableValue) return library.allocateCpp(8);
    check(library.newStableValue(scratch.address(Scratch.out)), 'an optional');
    return scratch.readPointer(Scratch.out);
  };
  return (value, slot) => {
    if (value === null) {
      scratch.writeInteger(slot, 0);
      return;
    }
    encode(value, slot);
    const address = box();
    library.copy(address, scratch.address(slot), 8);
    scratch.writeInteger(slot, address);
  };
}

function list(inner: string, tools: EncoderTools): Encode {
  const { library, scratch, check } = tools;
  const encode = encoderOf(inner, tools);
  const plain = inner === 'int' || inner === 'bool';
  return (value, slot) => {
    if (!isList(value)) return refuse(`${inner}[]`, value);
    check(library.newList(value.length, scratch.address(slot)), 'a list');
    const handle = scratch.readPointer(slot);
    for (const item of value) {
      if (plain) library.pushToList(handle, Number(item));
      else {
        encode(item, Scratch.item);
        library.pushToList(handle, scratch.readPointer(Scratch.item));
      }
    }
  };
}
