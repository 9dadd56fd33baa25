import { VoxmimError, type Exchange } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Exchanges among `size` trainings that go on in one process, for tests of what several processes do together:
 * run one training with each, all at once.
 */
export function localExchanges(size: number): Exchange[] {
  const tables = [new Table(size), new Table(size)] as const;
  return Array.from({ length: size }, (_, rank) => new LocalExchange(rank, size, ...tables));
}

class LocalExchange implements Exchange {
  #sums = 0;
  #bytes = 0;

  constructor(
    readonly rank: number,
    readonly size: number,
    readonly tensors: Table,
    readonly values: Table,
  ) {}

  get traffic() {
    return { sums: this.#sums, bytes: this.#bytes, seconds: 0, by: 'this process' };
  }

  async sum(values: tf.Tensor1D): Promise<tf.Tensor1D> {
    this.#sums += 1;
    this.#bytes += values.size * 4;
    const all = await this.tensors.meet(this.rank, await values.data<'float32'>());
    return tf.tidy(() => {
      const parts = all.map((part) => tf.tensor1d(part instanceof Float32Array ? part : []));
      return parts.reduce((sum, part) => tf.add<tf.Tensor1D>(sum, part));
    });
  }

  /** Nothing can wait within a pass where the others are in the same thread. */
  gatherRows(): never {
    throw new VoxmimError(
      'UNSUPPORTED_CAPABILITY',
      'Rows cannot be gathered within one process.',
      'Give the pass a gatherRows of its own.',
      { component: 'localExchanges', capability: 'gatherRows' },
    );
  }

  gather(value: unknown): Promise<readonly unknown[]> {
    return this.values.meet(this.rank, value);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Where all put something down and take away what all have put. */
class Table {
  #given: unknown[] = [];
  #count = 0;
  #waiting: ((all: readonly unknown[]) => void)[] = [];

  constructor(readonly size: number) {}

  meet(rank: number, value: unknown): Promise<readonly unknown[]> {
    this.#given[rank] = value;
    this.#count += 1;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#count < this.size) return;
      const [all, waiting] = [this.#given, this.#waiting];
      this.#given = [];
      this.#count = 0;
      this.#waiting = [];
      for (const leave of waiting) leave(all);
    });
  }
}
