import { recording } from './recorder.js';
import type { Value } from './value.js';

/**
 * Values that a forward kernel computed beside its output and that its gradient can use, by the input they
 * belong to. They are forgotten when the trace ends, because then nothing holds their memory; a gradient that
 * finds none computes them anew.
 */
export class Companions<T> {
  #byInput = new WeakMap<Value, Map<string, T>>();
  #trace = recording.trace;

  set(input: Value, key: string, companions: T): void {
    this.#forgetOld();
    const known = this.#byInput.get(input) ?? new Map<string, T>();
    known.set(key, companions);
    this.#byInput.set(input, known);
  }

  get(input: Value, key: string): T | undefined {
    this.#forgetOld();
    return this.#byInput.get(input)?.get(key);
  }

  #forgetOld(): void {
    if (this.#trace === recording.trace) return;
    this.#trace = recording.trace;
    this.#byInput = new WeakMap();
  }
}
