import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import * as z from 'zod';

/** The root of the repository. */
export const workspaceRoot = resolve(import.meta.dirname, '../..');

const ranges = z.record(z.string(), z.string()).default({});

/** What the tools read of a `package.json`. */
export const Manifest = z.looseObject({
  name: z.string(),
  version: z.string(),
  description: z.string().default(''),
  license: z.string().default(''),
  homepage: z.string().default(''),
  bugs: z.string().default(''),
  author: z.string().default(''),
  private: z.boolean().default(false),
  type: z.string().default('commonjs'),
  engines: z.record(z.string(), z.string()).default({}),
  sideEffects: z.union([z.boolean(), z.array(z.string())]).default(true),
  repository: z.looseObject({ directory: z.string() }).optional(),
  exports: z.record(z.string(), z.unknown()).default({}),
  files: z.array(z.string()).default([]),
  dependencies: ranges,
  peerDependencies: ranges,
  optionalDependencies: ranges,
  nx: z.looseObject({ tags: z.array(z.string()) }).optional(),
});
export type Manifest = z.infer<typeof Manifest>;

/** One package of the workspace. */
export interface WorkspacePackage {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Every published package, in alphabetical order. */
export function publicPackages(): WorkspacePackage[] {
  const packages = join(workspaceRoot, 'packages');
  return readdirSync(packages, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(packages, entry.name))
    .map((folder) => ({
      folder,
      manifest: Manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))),
    }))
    .filter(({ manifest }) => !manifest.private)
    .sort((left, right) => left.manifest.name.localeCompare(right.manifest.name));
}

/** A package and all of ours it needs, directly or not. */
export function withInternalDependencies(
  start: WorkspacePackage,
  all: readonly WorkspacePackage[],
): WorkspacePackage[] {
  const found = new Set([start]);
  for (const { manifest } of found) {
    const needed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    all
      .filter((other) => needed.includes(other.manifest.name))
      .forEach((other) => found.add(other));
  }
  return [...found];
}
