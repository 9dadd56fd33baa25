import type { Socket } from 'node:net';

import { exchangeFailed } from './exchange-failed.js';

const HEADER_BYTES = 8;

/** Whole messages over a socket, each with its length before it. */
export class MessageStream {
  readonly #socket: Socket;
  readonly #rank: number;
  /** Who is at the other end, once it has said so. */
  peer: number | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #waiting: { resolve: (message: Buffer) => void; reject: (error: unknown) => void } | undefined;
  #isOver = false;

  /** @param rank of this process, for errors */
  constructor(socket: Socket, rank: number) {
    this.#socket = socket;
    this.#rank = rank;
    socket.setNoDelay(true);
    // A process whose work is done may end, whatever is still open.
    socket.unref();
    socket.on('data', (chunk) => {
      this.#chunks.push(chunk);
      this.#bytes += chunk.length;
      this.#deliver();
    });
    socket.on('error', () => this.#lose()).on('close', () => this.#lose());
  }

  async send(...parts: readonly Uint8Array[]): Promise<void> {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeDoubleLE(parts.reduce((sum, part) => sum + part.length, 0));
    this.#socket.ref();
    for (const part of [header, ...parts]) {
      await new Promise<void>((resolve, reject) => {
        this.#socket.write(part, (error) => (error ? reject(this.#lost(error)) : resolve()));
      });
    }
    this.#socket.unref();
  }

  /** The next message. @throws `EXCHANGE_FAILED` where the other end is gone */
  receive(): Promise<Buffer> {
    this.#socket.ref();
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#deliver();
      if (this.#isOver) this.#lose();
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #deliver(): void {
    if (!this.#waiting || this.#bytes < HEADER_BYTES) return;
    const first = this.#joined(HEADER_BYTES);
    const length = first.readDoubleLE();
    if (this.#bytes < HEADER_BYTES + length) return;
    const all = this.#joined(this.#bytes);
    const message = all.subarray(HEADER_BYTES, HEADER_BYTES + length);
    const rest = all.subarray(HEADER_BYTES + length);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#bytes = rest.length;
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    this.#socket.unref();
    resolve(message);
  }

  /** The first bytes in one piece. */
  #joined(bytes: number): Buffer {
    const [first = Buffer.alloc(0)] = this.#chunks;
    if (first.length >= bytes) return first;
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }

  #lose(): void {
    this.#isOver = true;
    this.#waiting?.reject(this.#lost());
    this.#waiting = undefined;
  }

  #lost(cause?: unknown) {
    const who = this.peer === undefined ? 'Another process' : `Process ${this.peer}`;
    return exchangeFailed(
      this.#rank,
      `${who} of those that train together has ended, so that none can go on.`,
      'See what it said last; then resume the run.',
      cause,
    );
  }
}
