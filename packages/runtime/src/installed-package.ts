import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import * as z from 'zod';

/** A package found on disk. */
export interface InstalledPackage {
  readonly folder: string;
  readonly version: string;
}

const Manifest = z.object({ version: z.string() });

/**
 * Finds a package without loading it.
 *
 * @param from file URL or path that resolution starts at
 * @returns `undefined` when it is not installed
 */
export function findPackage(name: string, from: string): InstalledPackage | undefined {
  try {
    const manifest = createRequire(from).resolve(`${name}/package.json`);
    const { version } = Manifest.parse(JSON.parse(readFileSync(manifest, 'utf8')));
    return { folder: dirname(manifest), version };
  } catch {
    return undefined;
  }
}

/** Whether tfjs-node's native binding was downloaded or built in this folder. */
export function hasBinding(folder: string): boolean {
  try {
    const built = readdirSync(join(folder, 'lib')).filter((name) => name.startsWith('napi-'));
    return built.some((name) =>
      readdirSync(join(folder, 'lib', name)).includes('tfjs_binding.node'),
    );
  } catch {
    return false;
  }
}
