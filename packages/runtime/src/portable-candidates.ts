import * as tf from '@tensorflow/tfjs-core';

import { type Candidate, NotInstalled } from './candidate.js';
import { processor } from './processor.js';

/** WebAssembly: for browsers and small things. */
export const wasmCandidate: Candidate = {
  name: 'wasm',
  engine: 'wasm',
  howToGet: '`npm install @tensorflow/tfjs-backend-wasm`.',
  devices: ['cpu'],
  async load({ threads }) {
    const { setThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
    if (threads !== undefined) setThreadsCount(threads);
  },
  async describe() {
    const { version_wasm, getThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
    const threaded = await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT');
    const device = processor(threaded === true ? getThreadsCount() : 1);
    return { version: version_wasm, device };
  },
};

/** Plain JavaScript: runs everywhere, slowly. */
export const cpuCandidate: Candidate = {
  name: 'cpu',
  engine: 'cpu',
  howToGet: '`npm install @tensorflow/tfjs-backend-cpu`.',
  devices: ['cpu'],
  async load() {
    await import('@tensorflow/tfjs-backend-cpu');
  },
  async describe() {
    const { version_cpu } = await import('@tensorflow/tfjs-backend-cpu');
    return { version: version_cpu, device: processor(1) };
  },
};

/** WebGPU, where the page that runs this has imported its backend. */
export const webgpuCandidate: Candidate = {
  name: 'webgpu',
  engine: 'webgpu',
  howToGet: "In a browser with WebGPU, `import '@tensorflow/tfjs-backend-webgpu'` in the page.",
  devices: ['webgpu'],
  load() {
    if (typeof tf.findBackendFactory('webgpu') === 'function') return Promise.resolve();
    return Promise.reject(
      new NotInstalled('WebGPU is for browsers, and no page has registered its backend'),
    );
  },
  describe: () => Promise.resolve({ version: tf.version_core, device: 'GPU of the browser' }),
};
