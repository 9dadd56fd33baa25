/**
 * What carries bytes between processes. All methods but `close` and `abort` are collective.
 *
 * Each throws `EXCHANGE_FAILED` where a process is gone, unless the launcher ends this one first.
 */
export interface Transport {
  /** Such as `MPI`. */
  readonly name: string;
  /** The sum over processes, in place. */
  sum(values: Float32Array): Promise<void>;
  /** What each process gives, by rank. */
  gather(bytes: Uint8Array): Promise<readonly Uint8Array[]>;
  /** Like {@link gather}, waiting on the spot; absent where that cannot be. */
  gatherNow?(bytes: Uint8Array): readonly Uint8Array[];
  /** Like {@link sum}, from one place of memory to another; absent where that cannot be. */
  sumMemory?(from: number, to: number, count: number): void;
  close(): Promise<void>;
  /** Ends all processes, this one too where the launcher does. Called when the process exits. */
  abort(code: number): void;
}
