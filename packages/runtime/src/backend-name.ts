import { knownName } from './known-name.js';

/** Every backend this package knows, in the order of choice. */
export const backendNames = [
  'torch',
  'tfjs-node-gpu',
  'tfjs-node',
  'onnx',
  'webgpu',
  'wasm',
  'cpu',
] as const;

/** What a backend is called here, on the command line and in `VOXMIM_BACKEND`. */
export type BackendName = (typeof backendNames)[number];

/**
 * Reads a backend's name.
 *
 * @param origin where it was given; leads the message
 * @throws `UNKNOWN_COMPONENT` that names the nearest known one
 */
export function parseBackendName(text: string, origin: string): BackendName {
  return knownName(text, { kind: 'backend', known: backendNames, origin });
}
