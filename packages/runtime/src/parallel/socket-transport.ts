import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { exchangeFailed } from './exchange-failed.js';
import type { MeetingPlace } from './meeting-place.js';
import { MessageStream } from './message-stream.js';
import type { Transport } from './transport.js';

/** How long processes wait for each other: some machines start slowly. */
const PATIENCE_MS = 120_000;
const RETRY_MS = 100;
const LOCAL = /^(localhost|127\.|::1$)/;

/** Which process this is. */
interface Place {
  readonly rank: number;
  readonly size: number;
}

/**
 * Talks by TCP through the first process. Slower than MPI for long buffers, and there wherever a launcher names
 * a machine. The end of a process shows at once.
 */
export class SocketTransport implements Transport {
  readonly name = 'sockets';
  readonly #place: Place;
  /** Of the first process: the others by rank; of another: the first one. */
  readonly #streams: readonly MessageStream[];

  private constructor(place: Place, streams: readonly MessageStream[]) {
    this.#place = place;
    this.#streams = streams;
  }

  /** @throws `EXCHANGE_FAILED` where they do not find each other within two minutes */
  static async open(
    place: Place,
    meeting: MeetingPlace,
    patienceMs = PATIENCE_MS,
  ): Promise<SocketTransport> {
    const streams =
      place.rank === 0
        ? await welcome(place, meeting, patienceMs)
        : [await join(place, meeting, patienceMs)];
    return new SocketTransport(place, streams);
  }

  async sum(values: Float32Array): Promise<void> {
    const own = bytesOf(values);
    if (this.#place.rank > 0) {
      const [sum] = await this.#ask(own);
      if (sum) own.set(sum);
      return;
    }
    // In the order of ranks, so that every run adds alike.
    for (const stream of this.#streams) {
      const other = floatsOf(await stream.receive());
      for (let index = 0; index < values.length; index++) {
        values[index] = (values[index] ?? 0) + (other[index] ?? 0);
      }
    }
    await Promise.all(this.#streams.map((stream) => stream.send(own)));
  }

  async gather(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
    if (this.#place.rank > 0) return this.#ask(bytes, this.#place.size);
    const all: Uint8Array[] = [bytes];
    for (const stream of this.#streams) all.push(await stream.receive());
    for (const stream of this.#streams) {
      for (const part of all) await stream.send(part);
    }
    return all;
  }

  /** Waits for all, so that an end is no loss. */
  async close(): Promise<void> {
    await this.gather(new Uint8Array());
    this.abort();
  }

  /** The others see a stream that ended. */
  abort(): void {
    for (const stream of this.#streams) stream.close();
  }

  async #ask(bytes: Uint8Array, answers = 1): Promise<Buffer[]> {
    const received: Buffer[] = [];
    for (const stream of this.#streams) {
      await stream.send(bytes);
      while (received.length < answers) received.push(await stream.receive());
    }
    return received;
  }
}

/** Waits for the others, each of which says who it is. */
async function welcome(
  { rank, size }: Place,
  { host, port, token }: MeetingPlace,
  patienceMs: number,
): Promise<MessageStream[]> {
  const streams = new Map<number, MessageStream>();
  const server = createServer();
  const late = delay(patienceMs, undefined, { ref: false }).then(() => {
    throw absent(rank, `Only ${streams.size + 1} of ${size} processes came to ${host}:${port}.`);
  });
  const all = new Promise<void>((resolve, reject) => {
    server.on('error', (error) =>
      reject(absent(rank, `The first process cannot listen at ${host}:${port}.`, error)),
    );
    server.on('connection', (socket: Socket) => {
      const stream = new MessageStream(socket, rank);
      const greet = async () => {
        const [said, who] = (await stream.receive()).toString().split('\n');
        const other = Number(who);
        if (said !== token || !(other > 0 && other < size)) {
          stream.close();
          return;
        }
        stream.peer = other;
        streams.set(other, stream);
        if (streams.size === size - 1) resolve();
      };
      greet().catch(() => stream.close());
    });
  });
  listen(server, port, host);
  try {
    await Promise.race([all, late]);
  } finally {
    server.close();
  }
  return [...streams].sort(([a], [b]) => a - b).map(([, stream]) => stream);
}

/** On this machine alone where the processes are; else wherever it is reached at that name. */
function listen(server: Server, port: number, host: string): void {
  if (LOCAL.test(host)) server.listen(port, host);
  else server.listen(port);
}

/** Looks for the first process until it is there. */
async function join(
  { rank }: Place,
  { host, port, token }: MeetingPlace,
  patienceMs: number,
): Promise<MessageStream> {
  const end = performance.now() + patienceMs;
  for (;;) {
    try {
      const stream = new MessageStream(await connected(port, host), rank);
      stream.peer = 0;
      await stream.send(Buffer.from(`${token}\n${rank}`));
      return stream;
    } catch (error) {
      if (performance.now() > end)
        throw absent(
          rank,
          `Nobody answers at ${host}:${port}, where the first process should be.`,
          error,
        );
      await delay(RETRY_MS);
    }
  }
}

function connected(port: number, host: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => resolve(socket));
    socket.once('error', reject);
  });
}

function absent(rank: number, problem: string, cause?: unknown) {
  return exchangeFailed(
    rank,
    problem,
    'See whether all processes run, set VOXMIM_PORT to a free port of that machine, or start by mpirun.',
    cause,
  );
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function floatsOf(bytes: Buffer): Float32Array {
  const copy = new Uint8Array(bytes);
  return new Float32Array(copy.buffer);
}
