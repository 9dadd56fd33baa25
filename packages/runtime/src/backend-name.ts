import { nearestName, VoxmimError } from '@voxmim/core';

/** Every backend this package knows, in the order of choice. */
export const backendNames = [
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
  const name = backendNames.find((known) => known === text);
  if (name) return name;
  const guess = nearestName(text, backendNames);
  throw new VoxmimError(
    'UNKNOWN_COMPONENT',
    `${origin}: there is no backend "${text}".`,
    `${guess ? `Did you mean "${guess}"? ` : ''}Known are ${backendNames.join(', ')}.`,
    { kind: 'backend', name: text, known: backendNames },
  );
}
