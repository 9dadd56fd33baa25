import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/**
 * How processes that train one model together hand each other numbers.
 *
 * Every method but {@link close} is collective: all processes call the same ones in the same order, and each
 * gets the same bits. What trains knows no more than this; who carries the numbers (MPI, NCCL, sockets) is
 * another's affair. A process that ends without {@link close} ends the others.
 *
 * All methods throw `EXCHANGE_FAILED` where a process is gone.
 */
export interface Exchange {
  /** Which of the processes this is, from 0. The first one alone writes. */
  readonly rank: number;
  /** How many there are, two at least. */
  readonly size: number;
  /** What {@link sum} has cost so far. */
  readonly traffic: ExchangeTraffic;
  /** The sum over all processes, element by element. `values` stays the caller's. */
  sum(values: Tensor1D): Promise<Tensor1D>;
  /**
   * The rows of all processes, those of the first on top. Waits for the others in the middle of a pass, so it
   * is for what is small: embeddings.
   *
   * @param rows `[R, P]`, of one shape everywhere @returns `[size * R, P]`, without a gradient
   */
  gatherRows(rows: Tensor2D): Tensor2D;
  /** What each process gives, by rank: plain data, as `structuredClone` takes it. */
  gather(value: unknown): Promise<readonly unknown[]>;
  /** Says that this process needs the others no more. They may go on by themselves. */
  close(): Promise<void>;
}

/** What the summing of numbers over processes has cost. */
export interface ExchangeTraffic {
  readonly sums: number;
  /** Of this process's own numbers. */
  readonly bytes: number;
  /** Waiting for slower processes included. */
  readonly seconds: number;
  /** What carried them, such as `MPI`. */
  readonly by: string;
}
