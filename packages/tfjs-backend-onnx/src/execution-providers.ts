import { createRequire } from 'node:module';
import { OnnxBackendError } from './error.js';

/** An execution provider that the installed onnxruntime-node was built with. */
export interface ExecutionProvider {
  readonly name: string;
  /** Whether its libraries are inside the npm package; those of others must be there besides. */
  readonly bundled: boolean;
}

/** Every provider that onnxruntime-node has on some platform, and what one needs to work. */
const REQUIREMENTS: Readonly<Record<string, string>> = {
  cpu: 'It works everywhere.',
  webgpu:
    'It needs a graphics card with a driver (Vulkan on Linux, Metal on macOS, Direct3D 12 on Windows), ' +
    'and is not in the builds for Linux on ARM.',
  cuda:
    'It needs Linux on x64, an NVIDIA card, CUDA 12 with cuDNN 9 on the library path, and its own library, which ' +
    '`ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node` downloads (from api.nuget.org).',
  tensorrt: 'It needs what cuda needs, and the libraries of TensorRT 10 on the library path.',
  dml: 'It is in the builds for Windows alone.',
  coreml: 'It is in the builds for macOS alone.',
};

/** The execution providers of the installed onnxruntime-node; whether a device is there shows in use. */
export function listExecutionProviders(): ExecutionProvider[] {
  const runtime: unknown = createRequire(import.meta.url)('onnxruntime-node');
  return hasProviders(runtime) ? [...runtime.listSupportedBackends()] : [];
}

/** How to get execution providers to work, in sentences. */
export function requirementsOf(providers: readonly string[]): string {
  return providers
    .filter((name) => name !== 'cpu')
    .map((name) => `${name}: ${REQUIREMENTS[name] ?? 'see the documentation of ONNX Runtime.'}`)
    .join(' ');
}

/**
 * Refuses a list of execution providers that cannot work with the installed onnxruntime-node.
 *
 * @throws `INVALID_CONFIG` for an empty list or a name that ONNX Runtime does not know, with the known ones;
 *   `PROVIDER_UNAVAILABLE` for one that this build lacks, with what it takes
 */
export function checkExecutionProviders(names: readonly string[]): void {
  const known = Object.keys(REQUIREMENTS);
  const odd = names.find((name) => !known.includes(name));
  if (odd !== undefined || names.length === 0) {
    const what = odd === undefined ? 'The list is empty.' : `"${odd}" is none.`;
    const remedy = `Known execution providers are ${known.join(', ')}.`;
    throw new OnnxBackendError('INVALID_CONFIG', `executionProviders: ${what}`, remedy);
  }
  // Only for other names is ONNX Runtime asked, which loads it into this thread too.
  if (names.every((name) => name === 'cpu')) return;
  const present = listExecutionProviders().map(({ name }) => name);
  const missing = names.filter((name) => !present.includes(name));
  if (missing.length === 0) return;
  throw new OnnxBackendError(
    'PROVIDER_UNAVAILABLE',
    `The installed onnxruntime-node (${process.platform}, ${process.arch}) has no execution provider ` +
      `${missing.join(', ')}; it has ${present.join(', ')}.`,
    requirementsOf(missing),
  );
}

function hasProviders(
  runtime: unknown,
): runtime is { listSupportedBackends(): readonly ExecutionProvider[] } {
  return (
    typeof runtime === 'object' &&
    runtime !== null &&
    'listSupportedBackends' in runtime &&
    typeof runtime.listSupportedBackends === 'function'
  );
}
