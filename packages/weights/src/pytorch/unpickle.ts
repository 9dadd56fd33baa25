import { PickleBytes } from './pickle-bytes.js';

/** A value of a pickle. Lists, tuples and sets are arrays; classes and their instances stay inert. */
export type Unpickled =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | Unpickled[]
  | Map<Unpickled, Unpickled>
  | PickledGlobal
  | PickledObject
  | PersistentId;

/** The name of a class or function. It is never looked up, let alone called. */
export class PickledGlobal {
  constructor(
    readonly module: string,
    readonly name: string,
  ) {}
}

/** What calling `callable` would make. It is not called. */
export class PickledObject {
  /** What `__setstate__` would get. */
  state: Unpickled = null;
  readonly entries = new Map<Unpickled, Unpickled>();
  readonly elements: Unpickled[] = [];

  constructor(
    readonly callable: Unpickled,
    readonly args: Unpickled,
  ) {}
}

/** What lies outside the pickle: a storage. */
export class PersistentId {
  constructor(readonly id: Unpickled) {}
}

const MARK = Symbol('mark');
type StackItem = Unpickled | typeof MARK;

/**
 * Reads a pickle without running anything: where Python would import a class and call it, this keeps
 * its name and arguments. Only `collections.OrderedDict` becomes what it stands for.
 *
 * Source: CPython's `pickletools`, protocols 0 to 5 less what only protocol 0 writes by hand.
 *
 * @param path named in errors
 * @throws `INVALID_FILE` for a damaged pickle or an unknown instruction
 */
export function unpickle(bytes: Uint8Array, path: string): Unpickled {
  return new Unpickler(new PickleBytes(bytes, path)).run();
}

class Unpickler {
  readonly #stack: StackItem[] = [];
  readonly #memo = new Map<number, Unpickled>();

  constructor(readonly input: PickleBytes) {}

  run(): Unpickled {
    for (;;) {
      const opcode = this.input.uint8();
      if (opcode === 0x2e) return this.#pop();
      this.#execute(opcode);
    }
  }

  #execute(opcode: number): void {
    const literal = LITERALS.get(opcode);
    if (literal) {
      this.#stack.push(literal(this.input));
      return;
    }
    const instruction = this.#instructions.get(opcode);
    if (!instruction) throw this.input.damaged(`instruction 0x${opcode.toString(16)} is unknown`);
    instruction();
  }

  readonly #instructions = new Map<number, () => void>([
    [0x80, () => void this.input.uint8()], // PROTO
    [0x95, () => void this.input.uint64()], // FRAME
    [0x28, () => void this.#stack.push(MARK)],
    [0x30, () => void this.#stack.pop()], // POP
    [0x31, () => void this.#popMark()],
    [0x32, () => this.#push(this.#top())], // DUP
    [0x71, () => this.#remember(this.input.uint8())], // BINPUT
    [0x72, () => this.#remember(this.input.uint32())], // LONG_BINPUT
    [0x94, () => this.#remember(this.#memo.size)], // MEMOIZE
    [0x68, () => this.#recall(this.input.uint8())], // BINGET
    [0x6a, () => this.#recall(this.input.uint32())], // LONG_BINGET
    [0x74, () => this.#push(this.#popMark())], // TUPLE
    [0x6c, () => this.#push(this.#popMark())], // LIST
    [0x91, () => this.#push(this.#popMark())], // FROZENSET
    [0x64, () => this.#push(mapOf(this.#popMark()))], // DICT
    [0x85, () => this.#push(this.#take(1))], // TUPLE1
    [0x86, () => this.#push(this.#take(2))], // TUPLE2
    [0x87, () => this.#push(this.#take(3))], // TUPLE3
    [0x61, () => this.#append(this.#take(1))], // APPEND
    [0x65, () => this.#append(this.#popMark())], // APPENDS
    [0x90, () => this.#append(this.#popMark())], // ADDITEMS
    [0x73, () => this.#assign(this.#take(2))], // SETITEM
    [0x75, () => this.#assign(this.#popMark())], // SETITEMS
    [0x63, () => this.#push(new PickledGlobal(this.input.line(), this.input.line()))], // GLOBAL
    [0x93, () => this.#stackGlobal()],
    [0x52, () => this.#reduce(2)], // REDUCE
    [0x81, () => this.#reduce(2)], // NEWOBJ
    [0x92, () => this.#reduce(3)], // NEWOBJ_EX
    [0x62, () => this.#build()], // BUILD
    [0x51, () => this.#push(new PersistentId(this.#pop()))], // BINPERSID
  ]);

  #push(value: Unpickled): void {
    this.#stack.push(value);
  }

  #pop(): Unpickled {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK) throw this.input.damaged('its stack is empty');
    return value;
  }

  #top(): Unpickled {
    const value = this.#stack.at(-1);
    if (value === undefined || value === MARK) throw this.input.damaged('its stack is empty');
    return value;
  }

  #take(count: number): Unpickled[] {
    return Array.from({ length: count }, () => this.#pop()).reverse();
  }

  /** What lies above the last mark, which goes too. */
  #popMark(): Unpickled[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) throw this.input.damaged('a mark is missing');
    const items = this.#stack.splice(mark).slice(1);
    return items.filter((item) => item !== MARK);
  }

  #remember(key: number): void {
    this.#memo.set(key, this.#top());
  }

  #recall(key: number): void {
    const value = this.#memo.get(key);
    if (value === undefined) throw this.input.damaged(`it recalls ${key}, which it never kept`);
    this.#push(value);
  }

  #append(items: readonly Unpickled[]): void {
    const target = this.#top();
    const list = target instanceof PickledObject ? target.elements : target;
    if (!Array.isArray(list)) throw this.input.damaged('it appends to what is no list');
    for (const item of items) list.push(item);
  }

  #assign(items: readonly Unpickled[]): void {
    const target = this.#top();
    const map = target instanceof PickledObject ? target.entries : target;
    if (!(map instanceof Map)) throw this.input.damaged('it assigns to what is no dictionary');
    for (const [key, value] of mapOf(items)) map.set(key, value);
  }

  #stackGlobal(): void {
    const [module, name] = this.#take(2);
    if (typeof module !== 'string' || typeof name !== 'string') {
      throw this.input.damaged('a class has no name');
    }
    this.#push(new PickledGlobal(module, name));
  }

  #reduce(operands: number): void {
    const [callable = null, args = null] = this.#take(operands);
    const ordered = callable instanceof PickledGlobal && callable.name === 'OrderedDict';
    this.#push(ordered ? new Map<Unpickled, Unpickled>() : new PickledObject(callable, args));
  }

  #build(): void {
    const state = this.#pop();
    const target = this.#top();
    if (target instanceof PickledObject) target.state = state;
  }
}

/** Instructions that put one value on the stack. */
const LITERALS = new Map<number, (input: PickleBytes) => Unpickled>([
  [0x4e, () => null], // NONE
  [0x88, () => true], // NEWTRUE
  [0x89, () => false], // NEWFALSE
  [0x4b, (input) => input.uint8()], // BININT1
  [0x4d, (input) => input.uint16()], // BININT2
  [0x4a, (input) => input.int32()], // BININT
  [0x8a, (input) => input.integer(input.uint8())], // LONG1
  [0x8b, (input) => input.integer(input.uint32())], // LONG4
  [0x47, (input) => input.float64()], // BINFLOAT
  [0x8c, (input) => input.text(input.uint8())], // SHORT_BINUNICODE
  [0x58, (input) => input.text(input.uint32())], // BINUNICODE
  [0x8d, (input) => input.text(input.uint64())], // BINUNICODE8
  [0x55, (input) => input.text(input.uint8())], // SHORT_BINSTRING
  [0x54, (input) => input.text(input.uint32())], // BINSTRING
  [0x43, (input) => input.take(input.uint8())], // SHORT_BINBYTES
  [0x42, (input) => input.take(input.uint32())], // BINBYTES
  [0x8e, (input) => input.take(input.uint64())], // BINBYTES8
  [0x96, (input) => input.take(input.uint64())], // BYTEARRAY8
  [0x29, () => []], // EMPTY_TUPLE
  [0x5d, () => []], // EMPTY_LIST
  [0x8f, () => []], // EMPTY_SET
  [0x7d, () => new Map<Unpickled, Unpickled>()], // EMPTY_DICT
]);

function mapOf(items: readonly Unpickled[]): Map<Unpickled, Unpickled> {
  const map = new Map<Unpickled, Unpickled>();
  for (let index = 0; index + 1 < items.length; index += 2) {
    map.set(items[index] ?? null, items[index + 1] ?? null);
  }
  return map;
}
