import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

import type { CacheConfig } from '../../cache-config.js';

/** The folder that a config means on this machine. */
export function cacheFolder({ dir }: CacheConfig): string {
  const { VOXMIM_CACHE, XDG_CACHE_HOME } = process.env;
  return dir ?? (VOXMIM_CACHE || join(XDG_CACHE_HOME || ownCaches(), 'voxmim'));
}

/** Users without a home, as in containers, have the folder of temporary files. */
function ownCaches(): string {
  try {
    return join(homedir(), '.cache');
  } catch {
    return tmpdir();
  }
}
