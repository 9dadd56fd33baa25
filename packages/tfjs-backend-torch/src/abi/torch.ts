import { TorchBackendError } from '../error.js';
import { encoderOf } from './encoder.js';
import type { Library } from './library.js';
import { parseSchema } from './schema.js';
import { Scratch } from './scratch.js';
import { isList, Tensor, type Value } from './tensor.js';

/** Where tensors live: libtorch's number of a kind of device, and which one. */
export type Place = readonly [kind: number, index: number];

/** Tensors, operators and errors of one loaded libtorch. */
export class Torch {
  readonly #scratch: Scratch;
  readonly #texts = new Map<string, number>();
  /** What the kernels in progress have made, and must free unless it is kept. */
  readonly #made: Tensor[] = [];
  readonly #check = (code: number, what: string): void => {
    if (code !== 0) this.#fail(what, []);
  };
  #live = 0;
  #calls = 0;

  constructor(readonly library: Library) {
    this.#scratch = new Scratch((bytes) => library.allocate(bytes));
  }

  /** Handles that are alive. */
  get liveTensors(): number {
    return this.#live;
  }

  /** Operators called. */
  get calls(): number {
    return this.#calls;
  }

  get threads(): number {
    this.#check(this.library.threadCount(this.#out), 'the number of threads');
    return this.#scratch.readInt32(Scratch.out);
  }

  get #out(): number {
    return this.#scratch.address(Scratch.out);
  }

  /** Runs a kernel: what it makes is freed at its end, also by an error, unless it is {@link keep kept}. */
  scope<T>(body: () => T): T {
    const start = this.#made.length;
    try {
      return body();
    } finally {
      for (let index = start; index < this.#made.length; index++) {
        const tensor = this.#made[index];
        if (tensor && !tensor.kept) this.free(tensor);
      }
      this.#made.length = start;
    }
  }

  /** Takes a tensor out of its scope: whoever keeps it must {@link free} it. */
  keep(tensor: Tensor): Tensor {
    tensor.kept = true;
    return tensor;
  }

  /** Puts a kept tensor back into the scope in progress, which frees it. */
  release(tensor: Tensor): void {
    tensor.kept = false;
    this.#made.push(tensor);
  }

  free(tensor: Tensor): void {
    this.library.deleteTensor(tensor.handle);
    this.#live--;
  }

  /** Another handle of the same tensor. */
  alias(tensor: Tensor): Tensor {
    this.#check(this.library.newHandle(tensor.handle, this.#out), 'a tensor handle');
    return this.#wrap(this.#scratch.readPointer(Scratch.out));
  }

  /** No tensor, where a schema asks for one that may be undefined. */
  undefinedTensor(): Tensor {
    this.#check(this.library.newUndefined(this.#out), 'an undefined tensor');
    return this.#wrap(this.#scratch.readPointer(Scratch.out));
  }

  /** The function of an operator, see {@link parseSchema}. */
  operator(schema: string): (...values: Value[]) => Value {
    const { name, overload, args, results } = parseSchema(schema);
    const tools = {
      library: this.library,
      scratch: this.#scratch,
      text: (text: string) => this.#text(text),
      check: this.#check,
    };
    const encoders = args.map((type) => encoderOf(type, tools));
    const decoders = results.map((type) => this.#decoder(type));
    const label = overload === '' ? name : `${name}.${overload}`;
    const [nameText, overloadText] = [this.#text(`aten::${name}`), this.#text(overload)];
    const { callDispatcher, abiVersion } = this.library;
    const stack = this.#scratch.address(Scratch.stack);
    return (...values) => {
      for (let index = 0; index < encoders.length; index++)
        encoders[index]?.(values[index] ?? null, Scratch.stack + index);
      this.#calls++;
      const code = callDispatcher(nameText, overloadText, stack, abiVersion);
      if (code !== 0) this.#fail(label, values);
      if (decoders.length === 1) return decoders[0]?.(Scratch.stack) ?? null;
      return decoders.map((decode, index) => decode(Scratch.stack + index));
    };
  }

  /** `a + factor b` of floating point numbers. The dispatcher cannot take the factor. */
  add(a: Tensor, b: Tensor, factor: number, native = this.library.subtract): Tensor {
    this.#calls++;
    const signed = native === this.library.subtract ? -factor : factor;
    if (native(a.handle, b.handle, signed, this.#out) !== 0) this.#fail('add', [a, b]);
    return this.#wrap(this.#scratch.readPointer(Scratch.out));
  }

  /** Sets every element, in place. */
  fill(tensor: Tensor, value: number): Tensor {
    this.#calls++;
    if (this.library.fill(tensor.handle, value) !== 0) this.#fail('fill_', [tensor]);
    return tensor;
  }

  empty(shape: readonly number[], dtype: number, [kind, index]: Place): Tensor {
    let stride = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const extent = shape[axis] ?? 0;
      this.#scratch.writeInteger(Scratch.extents + axis, extent);
      this.#scratch.writeInteger(Scratch.strides + axis, stride);
      stride *= extent;
    }
    const extents = this.#scratch.address(Scratch.extents);
    const strides = this.#scratch.address(Scratch.strides);
    const { emptyStrided } = this.library;
    const code = emptyStrided(shape.length, extents, strides, dtype, kind, index, this.#out);
    if (code !== 0) this.#fail(`an empty tensor of shape [${shape.join()}]`, []);
    return this.#wrap(this.#scratch.readPointer(Scratch.out));
  }

  /** Copies the elements of `source` into `target`, converting types and crossing devices. */
  copyInto(target: Tensor, source: Tensor): void {
    if (this.library.copyInto(target.handle, source.handle, 0) !== 0)
      this.#fail('copy_', [target, source]);
  }

  /** The address of the first element. */
  dataPointer(tensor: Tensor): number {
    this.#check(this.library.dataPointer(tensor.handle, this.#out), 'a data pointer');
    return this.#scratch.readPointer(Scratch.out);
  }

  shapeOf(tensor: Tensor): number[] {
    this.#check(this.library.rank(tensor.handle, this.#out), 'a rank');
    const rank = this.#scratch.readInteger(Scratch.out);
    const shape: number[] = [];
    for (let axis = 0; axis < rank; axis++) {
      this.#check(this.library.extent(tensor.handle, axis, this.#out), 'an extent');
      shape.push(this.#scratch.readInteger(Scratch.out));
    }
    return shape;
  }

  /** libtorch's number of the element type. */
  dtypeOf(tensor: Tensor): number {
    this.#check(this.library.dtype(tensor.handle, this.#out), 'an element type');
    return this.#scratch.readInt32(Scratch.out);
  }

  /** Whether elements lie in memory in the order of the axes, without gaps. */
  isContiguous(tensor: Tensor): boolean {
    this.#check(this.library.isContiguous(tensor.handle, this.#out), 'an order of axes');
    return this.#scratch.readFlag(Scratch.out);
  }

  deviceTypeOf(tensor: Tensor): number {
    this.#check(this.library.deviceType(tensor.handle, this.#out), 'a device');
    return this.#scratch.readInt32(Scratch.out);
  }

  /** The stream that a CUDA device queues on. */
  streamOf(index: number): number {
    const { currentStream } = this.library;
    if (!currentStream) return 0;
    this.#check(currentStream(index, this.#out), 'the current stream');
    return this.#scratch.readPointer(Scratch.out);
  }

  /** Makes a card the current one of this thread, for libraries that ask for none. */
  makeCurrent(index: number): void {
    // The guard is never deleted: it would put the card of before back.
    this.#check(this.library.guardCard?.(index, this.#out) ?? 0, 'the choice of a card');
  }

  /** Waits until a CUDA device has done all that was asked of it. */
  synchronize(index: number): void {
    const { synchronizeStream } = this.library;
    if (synchronizeStream)
      this.#check(synchronizeStream(this.streamOf(index), index), 'the wait for the device');
  }

  #wrap(handle: number): Tensor {
    const tensor = new Tensor(handle);
    this.#live++;
    this.#made.push(tensor);
    return tensor;
  }

  #decoder(type: string): (slot: number) => Value {
    const scratch = this.#scratch;
    if (type === 'Tensor') return (slot) => this.#wrap(scratch.readPointer(slot));
    if (type === 'int') return (slot) => scratch.readInteger(slot);
    if (type === 'float') return (slot) => scratch.readDouble(slot);
    if (type === 'bool') return (slot) => scratch.readFlag(slot);
    throw new RangeError(`no decoder for ${type}`);
  }

  /** The address of a zero-terminated copy, made once. */
  #text(text: string): number {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const bytes = Buffer.from(`${text}\0`);
    const address = this.library.allocate(bytes.length);
    this.library.copyIn(address, bytes, bytes.length);
    this.#texts.set(text, address);
    return address;
  }

  #fail(what: string, values: readonly Value[]): never {
    const reason = this.library.lastError?.() ?? 'see what it printed';
    const shapes = values.map((value) => this.#describe(value)).join(', ');
    const place = shapes === '' ? what : `${what}(${shapes})`;
    if (/out of memory|can't allocate memory/i.test(reason)) {
      throw new TorchBackendError(
        'OUT_OF_MEMORY',
        `${place}: ${oneLine(reason)}`,
        'Use a smaller batch or crop.',
      );
    }
    throw new TorchBackendError(
      'LIBTORCH_FAILED',
      `${place}: ${oneLine(reason)}`,
      'Check the shapes and options given to the op.',
    );
  }

  #describe(value: Value): string {
    if (value instanceof Tensor) return `[${this.shapeOf(value).join()}]`;
    if (!isList(value)) return String(value);
    return `[${value
      .slice(0, 8)
      .map((item) => this.#describe(item))
      .join(', ')}]`;
  }
}

function oneLine(text: string): string {
  return text.trim().split('\n')[0] ?? text;
}
