/**
 * The script of a worker thread: draws samples into shared memory, one after the other.
 *
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';

import { volumeOf } from '@voxmim/core';

import { CaseStore } from '../cases/case-store.js';
import { importReaders } from './import-readers.js';
import { plainError, type WorkerReply, type WorkerRequest, type WorkerStart } from './messages.js';
import { SampleDrawer } from './sample-drawer.js';

if (parentPort) await serve(parentPort, workerData as WorkerStart);

async function serve(port: NonNullable<typeof parentPort>, start: WorkerStart): Promise<void> {
  const reply = (message: WorkerReply) => port.postMessage(message);
  const note = (text: string) => reply({ kind: 'note', text });
  const readers = await importReaders(start.readers);
  const store = new CaseStore(start.dataset, { ...start.store, readers, onNote: note });
  const drawer = new SampleDrawer(store, start.samples, note);
  let last = Promise.resolve();
  port.on('message', (request: WorkerRequest) => {
    last = last
      .then(async () => reply(await answer(request, start, store, drawer)))
      .catch((error: unknown) =>
        reply({ kind: 'failed', ticket: request.ticket, error: plainError(error) }),
      );
  });
}

async function answer(
  request: WorkerRequest,
  { samples, store: { recipe } }: WorkerStart,
  store: CaseStore,
  drawer: SampleDrawer,
): Promise<WorkerReply> {
  const { ticket } = request;
  if (request.kind === 'ensureCached') {
    return { kind: 'cached', ticket, already: await store.ensureCached(request.id) };
  }
  const { id, sample } = await drawer.sample(request.request);
  const voxels = volumeOf(samples.crop) * recipe.inChannels;
  new Float32Array(request.slot, 0, voxels).set(sample.image.data);
  const labels = new Uint8Array(request.slot, voxels * 4, volumeOf(samples.crop));
  if (sample.labels) labels.set(sample.labels.data);
  else labels.fill(0);
  return { kind: 'drawn', ticket, sample: { id, affine: sample.image.affine } };
}
