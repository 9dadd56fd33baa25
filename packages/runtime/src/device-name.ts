import { knownName } from './known-name.js';

/** Every device that some backend can be told to compute on. */
export const deviceNames = ['cpu', 'cuda', 'webgpu', 'tensorrt', 'dml', 'coreml'] as const;

/** What a device is called, the second card as `cuda:1`: on the command line, in configs and in `VOXMIM_DEVICE`. */
export type DeviceName = (typeof deviceNames)[number] | `cuda:${number}`;

/**
 * Reads a device's name.
 *
 * @param origin where it was given; leads the message
 * @throws `UNKNOWN_COMPONENT` that names the nearest known one
 */
export function parseDeviceName(text: string, origin: string): DeviceName {
  const card = /^cuda:(\d+)$/.exec(text)?.[1];
  if (card !== undefined) return `cuda:${Number(card)}`;
  return knownName(text, { kind: 'device', known: deviceNames, origin });
}
