import { inspect } from 'node:util';
import { deserialize, serialize } from 'node:v8';

import { VoxmimError, type Exchange, type ExchangeTraffic } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { openFastLane, type FastLane } from './torch-lane.js';
import type { Ranks } from './ranks.js';
import type { Transport } from './transport.js';

const FLOAT_BYTES = 4;

/** An {@link Exchange} of any backend's tensors, over whatever carries bytes. */
export class ProcessExchange implements Exchange {
  readonly rank: number;
  readonly size: number;
  readonly #ranks: Ranks;
  readonly #transport: Transport;
  /** Looked for when tensors are first summed: a backend runs by then. */
  #lane: { readonly found: FastLane | undefined } | undefined;
  #traffic = { sums: 0, bytes: 0, seconds: 0 };
  #isClosed = false;

  constructor(ranks: Ranks, transport: Transport) {
    this.rank = ranks.rank;
    this.size = ranks.size;
    this.#ranks = ranks;
    this.#transport = transport;
    process.once('exit', (code) => {
      if (!this.#isClosed) transport.abort(code === 0 ? 1 : code);
    });
    // Node.js says what it died of after its exit, which MPI does not let it live to see.
    process.once('uncaughtExceptionMonitor', (error) => {
      if (!this.#isClosed) process.stderr.write(`${inspect(error)}\n`);
    });
  }

  get traffic(): ExchangeTraffic {
    return { ...this.#traffic, by: this.#lane?.found?.name ?? this.#transport.name };
  }

  async sum(values: tf.Tensor1D): Promise<tf.Tensor1D> {
    this.#lane ??= { found: await openFastLane(this.#ranks, this.#transport) };
    const { found: lane } = this.#lane;
    if (lane) return this.#timed(values.size, () => Promise.resolve(lane.sum(values)));
    const numbers = await values.data<'float32'>();
    const own = Float32Array.from(numbers);
    await this.#timed(own.length, () => this.#transport.sum(own));
    return tf.tensor1d(own);
  }

  gatherRows(rows: tf.Tensor2D): tf.Tensor2D {
    const shape: [number, number] = [rows.shape[0] * this.size, rows.shape[1]];
    const across = this.#lane?.found?.gatherRows?.(rows);
    if (across) return across;
    if (!this.#transport.gatherNow) throw cannotWait();
    // In the middle of a pass nothing can be awaited.
    const read: unknown = tf.backend().readSync(rows.dataId);
    const own = read instanceof Float32Array ? read : new Float32Array(0);
    const bytes = new Uint8Array(own.buffer, own.byteOffset, own.byteLength);
    const all = Buffer.concat(this.#transport.gatherNow(bytes));
    const floats = new Float32Array(new Uint8Array(all).buffer, 0, all.length / FLOAT_BYTES);
    return tf.tensor2d(floats, shape);
  }

  async gather(value: unknown): Promise<readonly unknown[]> {
    const all = await this.#transport.gather(serialize(value));
    return all.map((bytes): unknown => deserialize(bytes));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#lane?.found?.close();
    await this.#transport.close();
    this.#isClosed = true;
  }

  async #timed<Result>(count: number, body: () => Promise<Result>): Promise<Result> {
    const begun = performance.now();
    const result = await body();
    const { sums, bytes, seconds } = this.#traffic;
    this.#traffic = {
      sums: sums + 1,
      bytes: bytes + count * FLOAT_BYTES,
      seconds: seconds + (performance.now() - begun) / 1000,
    };
    return result;
  }
}

function cannotWait(): VoxmimError<'UNSUPPORTED_CAPABILITY'> {
  return new VoxmimError(
    'UNSUPPORTED_CAPABILITY',
    'An objective that compares the samples of all processes needs MPI or CUDA: sockets cannot wait within a pass.',
    'Start by mpirun, or train in one process.',
    { component: 'sockets', capability: 'gatherRows' },
  );
}
