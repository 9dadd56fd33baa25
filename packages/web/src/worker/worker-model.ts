import { type Volume, VoxmimError } from '@voxmim/core';
import type { ModelFacts } from '@voxmim/presets';

import type { Scan, Segmentation, TrainedModel, WorkOptions } from '../trained-model.js';
import type { Answer, OpenOptions, Request } from './messages.js';
import { receivedError } from './posted-error.js';

/** What is used of a `Worker`. */
export type WorkerLike = Pick<
  Worker,
  'postMessage' | 'terminate' | 'addEventListener' | 'removeEventListener'
>;

/** Omits from each member of a union. */
type Ask = Request extends infer One ? (One extends Request ? Omit<One, 'id'> : never) : never;

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress: WorkOptions['onProgress'];
}

/** A model in a thread of its own, so that a page stays alive while it computes. */
export class WorkerModel implements TrainedModel {
  readonly #worker: WorkerLike;
  readonly #waiting = new Map<number, Waiting>();
  #facts: ModelFacts | undefined;
  #asked = 0;

  private constructor(worker: WorkerLike) {
    this.#worker = worker;
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => this.#receive(data));
    worker.addEventListener('error', (event) => this.#fail(event));
  }

  /**
   * Opens what `voxmim export` wrote, in a worker that runs `@voxmim/web/worker`.
   *
   * @throws as `loadModel`
   */
  static async open(
    worker: WorkerLike,
    bytes: Uint8Array,
    origin: string,
    options: OpenOptions,
  ): Promise<WorkerModel> {
    const model = new WorkerModel(worker);
    try {
      const answer = await model.#ask({ kind: 'open', bytes, origin, options });
      if (answer.kind === 'opened') model.#facts = answer.facts;
      return model;
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  get facts(): ModelFacts {
    if (this.#facts) return this.#facts;
    throw receivedError({ message: 'it was never opened' });
  }

  async segment(scan: Scan, options?: WorkOptions): Promise<Segmentation> {
    const answer = await this.#ask({ kind: 'segment', scan }, options);
    if (answer.kind === 'segmented') return answer.segmentation;
    throw receivedError({ message: `it answered with ${answer.kind}` });
  }

  async embed(scan: Scan, options?: WorkOptions): Promise<Float32Array> {
    const answer = await this.#ask({ kind: 'embed', scan }, options);
    if (answer.kind === 'embedded') return answer.features;
    throw receivedError({ message: `it answered with ${answer.kind}` });
  }

  async window(scan: Scan): Promise<Volume<Float32Array>> {
    const answer = await this.#ask({ kind: 'window', scan });
    if (answer.kind === 'prepared') return answer.volume;
    throw receivedError({ message: `it answered with ${answer.kind}` });
  }

  async reconstruct(
    window: Volume<Float32Array>,
    hidden: Uint8Array,
  ): Promise<Volume<Float32Array>> {
    const answer = await this.#ask({ kind: 'reconstruct', window, hidden });
    if (answer.kind === 'reconstructed') return answer.volume;
    throw receivedError({ message: `it answered with ${answer.kind}` });
  }

  dispose(): Promise<void> {
    this.#worker.terminate();
    this.#rejectAll(receivedError({ message: 'it was disposed' }));
    return Promise.resolve();
  }

  async #ask(request: Ask, { signal, onProgress }: WorkOptions = {}): Promise<Answer> {
    signal?.throwIfAborted();
    const id = this.#asked++;
    const abort = () => {
      this.#worker.postMessage({ id, kind: 'abort' } satisfies Request);
      this.#waiting.get(id)?.reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject, onProgress });
        this.#worker.postMessage({ id, ...request });
      });
    } finally {
      this.#waiting.delete(id);
      signal?.removeEventListener('abort', abort);
    }
  }

  #receive(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    if (answer.kind === 'progress') waiting?.onProgress?.(answer.done, answer.total);
    else if (answer.kind === 'failed') waiting?.reject(receivedError(answer.error));
    else waiting?.resolve(answer);
  }

  #fail({ message }: ErrorEvent): void {
    const reason = message || 'its script could not be loaded';
    this.#rejectAll(
      new VoxmimError(
        'BACKEND_UNAVAILABLE',
        `The worker of the model stopped: ${reason}.`,
        'Serve the worker and ONNX Runtime’s files beside the page; reload it.',
        { backend: 'onnxruntime-web', reason },
      ),
    );
  }

  #rejectAll(error: VoxmimError): void {
    for (const { reject } of this.#waiting.values()) reject(error);
  }
}
