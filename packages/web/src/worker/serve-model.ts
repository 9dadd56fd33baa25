import { VoxmimError } from '@voxmim/core';

import { LocalModel } from '../model/local-model.js';
import type { Answer, Request } from './messages.js';
import { postedError } from './posted-error.js';

/** What is used of a worker's global scope. */
export interface WorkerScope {
  addEventListener(type: 'message', listener: (event: { readonly data: Request }) => void): void;
  postMessage(answer: Answer, options?: { transfer: Transferable[] }): void;
}

/** Answers what `WorkerModel` asks, one request after the other; an abort goes ahead. */
export function serveModel(scope: WorkerScope): void {
  const server = new ModelServer(scope);
  scope.addEventListener('message', ({ data }) => server.receive(data));
}

type Work = Exclude<Request, { kind: 'abort' }>;

class ModelServer {
  readonly #scope: WorkerScope;
  readonly #controllers = new Map<number, AbortController>();
  #model: LocalModel | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(scope: WorkerScope) {
    this.#scope = scope;
  }

  receive(request: Request): void {
    if (request.kind === 'abort') {
      this.#controllers.get(request.id)?.abort();
      return;
    }
    const controller = new AbortController();
    this.#controllers.set(request.id, controller);
    this.#work = this.#work.then(async () => this.#answer(request, controller.signal));
  }

  async #answer(request: Work, signal: AbortSignal): Promise<void> {
    const { id } = request;
    const answer = await this.#answerTo(request, signal).catch((error: unknown): Answer => ({
      id,
      kind: 'failed',
      error: postedError(error),
    }));
    this.#controllers.delete(id);
    this.#scope.postMessage(answer, { transfer: transferable(answer) });
  }

  async #answerTo(request: Work, signal: AbortSignal): Promise<Answer> {
    const { id } = request;
    signal.throwIfAborted();
    if (request.kind === 'open') {
      this.#model = await LocalModel.open(request.bytes, request.origin, request.options);
      return { id, kind: 'opened', facts: this.#model.facts };
    }
    const model = this.#model;
    if (!model) throw notOpen();
    if (request.kind === 'reconstruct') {
      const volume = await model.reconstruct(request.window, request.hidden);
      return { id, kind: 'reconstructed', volume };
    }
    const { scan } = request;
    if (request.kind === 'window')
      return { id, kind: 'prepared', volume: await model.window(scan) };
    const onProgress = (done: number, total: number) =>
      this.#scope.postMessage({ id, kind: 'progress', done, total });
    if (request.kind === 'embed')
      return { id, kind: 'embedded', features: await model.embed(scan, { onProgress, signal }) };
    const segmentation = await model.segment(scan, { onProgress, signal });
    return { id, kind: 'segmented', segmentation };
  }
}

/** Large results are handed over, not copied. */
function transferable(answer: Answer): Transferable[] {
  if (answer.kind !== 'segmented') return [];
  const { labels, image } = answer.segmentation;
  return [labels.data.buffer, image.data.buffer].filter(
    (buffer): buffer is ArrayBuffer => buffer instanceof ArrayBuffer,
  );
}

function notOpen(): VoxmimError<'UNSUPPORTED_CAPABILITY'> {
  return new VoxmimError('UNSUPPORTED_CAPABILITY', 'The worker has no model.', 'Open one first.', {
    component: 'worker',
    capability: 'segment',
  });
}
