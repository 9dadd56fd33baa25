import { homedir } from 'node:os';
import { join } from 'node:path';

import type { CacheConfig } from '../../cache-config.js';

/** The folder that a config means on this machine. */
export function cacheFolder({ dir }: CacheConfig): string {
  const { VOXMIM_CACHE, XDG_CACHE_HOME } = process.env;
  return dir ?? (VOXMIM_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'voxmim'));
}
