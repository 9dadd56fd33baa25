import { loadModel, type TrainedModel } from '@voxmim/web';

/** Loads a model into a worker of this page, with what is served beside it. */
export async function loadHere(source: string | File): Promise<TrainedModel> {
  return loadModel(typeof source === 'string' ? new URL(source, document.baseURI) : source, {
    engine: engineOf(location.search),
    wasmPaths: new URL('ort/', document.baseURI).href,
    worker: () => new Worker(new URL('worker.js', document.baseURI), { type: 'module' }),
  });
}

/** `?engine=wasm` in the address of the page: for labels that are those of the command line to the voxel. */
function engineOf(search: string): 'auto' | 'wasm' {
  return new URLSearchParams(search).get('engine') === 'wasm' ? 'wasm' : 'auto';
}
