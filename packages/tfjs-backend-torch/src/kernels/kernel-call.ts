import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';

import type { Tensor } from '../abi/tensor.js';
import type { TorchBackend } from '../backend.js';
import { TorchBackendError } from '../error.js';
import type { Operators } from '../ops/operators.js';

/** One call of a kernel: its tensors and its attributes, each checked when asked for. */
export class KernelCall {
  constructor(
    readonly name: string,
    readonly backend: TorchBackend,
    readonly infos: NamedTensorInfoMap,
    readonly attributes: NamedAttrMap,
  ) {}

  /** Whether an input is of texts, which only TF.js's cpu backend computes with. */
  get hasTexts(): boolean {
    return Object.values(this.infos).some((info) => info?.dtype === 'string');
  }

  get ops(): Operators {
    return this.backend.ops;
  }

  /** On the device, in the type that TF.js knows. */
  input(name: string): Tensor {
    return this.backend.full(this.info(name));
  }

  /** As it is kept: perhaps in bfloat16, or a scalar on the host. */
  raw(name: string): Tensor {
    return this.backend.raw(this.info(name));
  }

  /** On the device, as it is kept: perhaps in bfloat16. */
  kept(name: string): Tensor {
    return this.backend.onDevice(this.raw(name));
  }

  /** For a product: in bfloat16 where the backend computes so. */
  lowered(name: string): Tensor {
    return this.backend.lowered(this.info(name));
  }

  /** An int32 input as the int64 that ATen takes for indices. */
  index(name: string): Tensor {
    return this.backend.cast(this.input(name), 'int64');
  }

  hasInput(name: string): boolean {
    const info: TensorInfo | undefined = this.infos[name];
    return info !== undefined;
  }

  info(name: string): TensorInfo {
    const info: TensorInfo | undefined = this.infos[name];
    return info ?? this.#fail(`input ${name} is missing`);
  }

  shape(name: string): readonly number[] {
    return this.info(name).shape;
  }

  /** The inputs of a kernel that takes a list. */
  list(): TensorInfo[] {
    return Object.keys(this.infos).map((name) => this.info(name));
  }

  has(name: string): boolean {
    const value: unknown = this.attributes[name];
    return value !== undefined && value !== null;
  }

  number(name: string, fallback?: number): number {
    const value: unknown = this.attributes[name] ?? fallback;
    return typeof value === 'number'
      ? value
      : this.#fail(`attribute ${name} is ${String(value)}, not a number`);
  }

  flag(name: string): boolean {
    return Boolean(this.attributes[name]);
  }

  text(name: string, fallback?: string): string {
    const value: unknown = this.attributes[name] ?? fallback;
    return typeof value === 'string'
      ? value
      : this.#fail(`attribute ${name} is ${String(value)}, not a text`);
  }

  numbers(name: string): number[] {
    const value: unknown = this.attributes[name];
    if (isNumbers(value)) return Array.from(value);
    return this.#fail(`attribute ${name} is ${String(value)}, not a list of numbers`);
  }

  /** A list with `count` entries, given as one or as a single number for all. */
  perAxis(name: string, count: number): number[] {
    const value: unknown = this.attributes[name];
    return typeof value === 'number' ? new Array<number>(count).fill(value) : this.numbers(name);
  }

  /** A list of `[before, after]` pairs. */
  pairs(name: string): [number, number][] {
    const value: unknown = this.attributes[name];
    if (!Array.isArray(value)) return this.#fail(`attribute ${name} is not a list of pairs`);
    return value.map((pair: unknown) => {
      if (!isNumbers(pair) || pair.length !== 2)
        return this.#fail(`attribute ${name} is not a list of pairs`);
      return [pair[0] ?? 0, pair[1] ?? 0];
    });
  }

  #fail(what: string): never {
    throw new TorchBackendError(
      'INVALID_KERNEL_CALL',
      `${this.name}: ${what}.`,
      'Call the op through tfjs-core.',
    );
  }
}

function isNumbers(value: unknown): value is ArrayLike<number> {
  if (ArrayBuffer.isView(value)) return true;
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}
