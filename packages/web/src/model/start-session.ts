import type * as Ort from 'onnxruntime-web';

import type { ModelSession, OrtModule } from './model-session.js';
import { ortSession } from './ort-session.js';
import { fallingBack } from './falling-back.js';

/** How a model is made to run. */
export interface SessionOptions {
  /** `auto`: WebGPU where there is one, else wasm, whose labels are those of the command line. */
  readonly engine: 'auto' | 'webgpu' | 'wasm';
  /** The folder that serves ONNX Runtime's `.wasm` and `.mjs` files; where the script lies by default. */
  readonly wasmPaths?: string | undefined;
  /** ONNX Runtime to use in place of `onnxruntime-web`, such as `onnxruntime-node`. */
  readonly ort?: OrtModule | undefined;
  /** Told what somebody should know, such as that a graphics processor was lost. */
  readonly onNote: (note: string) => void;
}

/** Opens a model in the best engine that is here. */
export async function startSession(
  bytes: Uint8Array,
  origin: string,
  options: SessionOptions,
): Promise<ModelSession> {
  const { ort, engine, onNote } = options;
  if (ort) return ortSession(bytes, { ort, engine: 'own', origin });
  if (engine === 'wasm' || (engine === 'auto' && !(await hasWebGpu(globalThis.navigator)))) {
    const wasm = configured(await import('onnxruntime-web/wasm'), options);
    return ortSession(bytes, { ort: wasm, engine: 'wasm', origin });
  }
  const webGpu = configured(await import('onnxruntime-web/webgpu'), options);
  return fallingBack(async (at) => ortSession(bytes, { ort: webGpu, engine: at, origin }), onNote);
}

/** The part of `navigator` that tells whether there is a graphics processor; not every browser has it. */
interface MaybeWebGpu {
  readonly gpu?: { requestAdapter(): Promise<object | null> };
}

async function hasWebGpu({ gpu }: MaybeWebGpu): Promise<boolean> {
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return adapter !== null && adapter !== undefined;
}

function configured(ort: typeof Ort, { wasmPaths }: SessionOptions): OrtModule {
  if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths;
  if (!globalThis.crossOriginIsolated) ort.env.wasm.numThreads = 1; // no shared memory: no threads
  return ort;
}
