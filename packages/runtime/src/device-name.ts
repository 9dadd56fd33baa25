import { deviceNames, type DeviceName } from '@voxmim/core';

import { knownName } from './known-name.js';

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
