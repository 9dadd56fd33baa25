/**
 * The thread in which a model computes; `loadModel` starts it. Bundle it as an entry of its own where the
 * bundler does not follow `new URL('…', import.meta.url)`.
 *
 * @module
 */
import { serveModel } from './serve-model.js';

export { serveModel, type WorkerScope } from './serve-model.js';

if ('WorkerGlobalScope' in globalThis) serveModel(globalThis);
