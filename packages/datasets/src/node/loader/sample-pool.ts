import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

import {
  volumeOf,
  VoxmimError,
  type DrawnSample,
  type SampleRequest,
  type SampleSource,
  type SampleTarget,
} from '@voxmim/core';

import type { CaseStore, CaseStoreOptions } from '../cases/case-store.js';
import type { Dataset } from '../dataset.js';
import { errorFrom, type WorkerReply, type WorkerRequest, type WorkerStart } from './messages.js';
import type { SampleOptions } from './sample-options.js';

/** The worker's script. From source, as under Jest, it is the built one: threads load JavaScript only. */
const SCRIPT = new URL(
  import.meta.url.endsWith('.ts')
    ? '../../../dist/node/loader/sample-worker.js'
    : './sample-worker.js',
  import.meta.url,
);

/** What waits for a worker. */
interface Waiting {
  readonly worker: Worker;
  readonly id: string;
  readonly resolve: (reply: WorkerReply) => void;
  readonly reject: (error: unknown) => void;
}

/** Omitting the ticket, member by member. */
type Untold<Request> = Request extends unknown ? Omit<Request, 'ticket'> : never;

/**
 * Draws samples in worker threads, into shared memory that is used again and again. A case always goes to the
 * same worker, so that no two keep it in memory.
 */
export class SamplePool implements SampleSource {
  readonly #dataset: Dataset;
  readonly #cropVoxels: number;
  readonly #workers: readonly Worker[];
  readonly #placeOf: ReadonlyMap<string, number>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #free: SharedArrayBuffer[] = [];
  #tickets = 0;
  #failure: VoxmimError | undefined;

  /** @param store what each worker makes for itself */
  constructor({ dataset, options }: CaseStore, samples: SampleOptions, workers: number) {
    const { onNote, readers, ...store } = options;
    this.#dataset = dataset;
    this.#cropVoxels = volumeOf(samples.crop);
    this.#placeOf = new Map(dataset.cases.map(({ id }, index) => [id, index]));
    const modules = readers?.all.flatMap(({ module }) => module ?? []) ?? [];
    const start = { dataset, store, samples, readers: modules };
    this.#workers = Array.from({ length: workers }, () => this.#startWorker(start, onNote));
  }

  /** Whether the script of workers is there; from source it may not be built yet. */
  static get available(): boolean {
    return existsSync(SCRIPT);
  }

  /** Whether threads can import all that a store reads with. */
  static suits({ options }: CaseStore): boolean {
    return options.readers?.all.every(({ module }) => module !== undefined) ?? true;
  }

  async draw(request: SampleRequest, { voxels, labels }: SampleTarget): Promise<DrawnSample> {
    const size = this.#cropVoxels;
    const slot = this.#free.pop() ?? new SharedArrayBuffer(voxels.byteLength + size);
    const reply = await this.#ask(request.id, { kind: 'draw', request, slot });
    voxels.set(new Float32Array(slot, 0, voxels.length));
    labels?.set(new Uint8Array(slot, voxels.byteLength, size));
    this.#free.push(slot);
    if (reply.kind !== 'drawn') throw endedEarly(request.id, 'it gave another answer');
    return reply.sample;
  }

  async ensureCached(id: string): Promise<boolean> {
    const reply = await this.#ask(id, { kind: 'ensureCached', id });
    return reply.kind === 'cached' && reply.already;
  }

  async close(): Promise<void> {
    this.#fail(endedEarly('', 'it was closed'));
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #startWorker(start: WorkerStart, note: CaseStoreOptions['onNote']): Worker {
    const worker = new Worker(SCRIPT, { workerData: start });
    worker.on('message', (reply: WorkerReply) => {
      if (reply.kind === 'note') {
        note?.(reply.text);
        return;
      }
      const waiting = this.#waiting.get(reply.ticket);
      this.#waiting.delete(reply.ticket);
      if (reply.kind === 'failed') waiting?.reject(errorFrom(reply.error));
      else waiting?.resolve(reply);
    });
    worker.on('error', (error) => this.#ended(worker, error.message, error));
    worker.on('exit', (code) => this.#ended(worker, `exit code ${code}`));
    return worker;
  }

  async #ask(id: string, message: Untold<WorkerRequest>): Promise<WorkerReply> {
    if (this.#failure !== undefined) throw this.#failure;
    const worker = this.#workers[(this.#placeOf.get(id) ?? 0) % this.#workers.length];
    const ticket = this.#tickets++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(ticket, { worker, id, resolve, reject });
      worker.postMessage({ ...message, ticket } satisfies WorkerRequest);
    });
  }

  /** A worker answers in order, so it ended over the first case that waits for it. */
  #ended(worker: Worker, reason: string, cause?: unknown): void {
    const first = [...this.#waiting.values()].find((waiting) => waiting.worker === worker);
    const images = this.#dataset.cases.find(({ id }) => id === first?.id)?.images;
    this.#fail(endedEarly(images?.join(', ') ?? '', reason, cause));
  }

  #fail(error: VoxmimError): void {
    this.#failure ??= error;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(this.#failure);
  }
}

function endedEarly(path: string, reason: string, cause?: unknown): VoxmimError<'LOADING_FAILED'> {
  return new VoxmimError(
    'LOADING_FAILED',
    `A loader thread ended early${path && ` over ${path}`}: ${reason}.`,
    'Give it more memory (fewer data.workers), or set data.workers to 0 to see more.',
    { path, reason },
    { cause },
  );
}
