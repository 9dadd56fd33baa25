import type {
  BackendValues,
  NamedAttrMap,
  NamedTensorInfoMap,
  TensorInfo,
} from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.js';
import { OnnxBackendError } from '../error.js';
import type { Value } from '../graph/value.js';

/** One call of a kernel: its tensors as values and its attributes, each checked when asked for. */
export class KernelCall {
  constructor(
    readonly name: string,
    readonly backend: OnnxBackend,
    readonly infos: NamedTensorInfoMap,
    readonly attributes: NamedAttrMap,
  ) {}

  input(name: string): Value {
    return this.backend.valueFor(this.info(name));
  }

  optional(name: string): Value | undefined {
    const info: TensorInfo | undefined = this.infos[name];
    return info ? this.backend.valueFor(info) : undefined;
  }

  info(name: string): TensorInfo {
    const info: TensorInfo | undefined = this.infos[name];
    return info ?? this.#fail(`input ${name} is missing`);
  }

  /**
   * The numbers of an input, for a kernel whose output shape depends on them. Runs the trace, so it comes
   * before any {@link KernelCall.input}.
   */
  hostNumbers(name: string): ArrayLike<number> {
    return numbersOf(this.backend.readSync(this.info(name).dataId));
  }

  /** The inputs of a kernel that takes a list. */
  list(): Value[] {
    return Object.keys(this.infos).map((name) => this.input(name));
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
    throw new OnnxBackendError(
      'INVALID_KERNEL_CALL',
      `${this.name}: ${what}.`,
      'Call the op through tfjs-core.',
    );
  }
}

function numbersOf(values: BackendValues): ArrayLike<number> {
  return ArrayBuffer.isView(values) ? values : [];
}

function isNumbers(value: unknown): value is ArrayLike<number> {
  if (ArrayBuffer.isView(value)) return true;
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}
