import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { publicPackages, workspaceRoot, type WorkspacePackage } from '../scripts/workspace.mts';

/** onnxruntime-node's install script downloads a CUDA provider unless told not to. */
const environment = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };

/** Runs a command to its end and returns what it printed; its output is in the error when it fails. */
export function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, {
    cwd,
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The published packages as npm would publish them, to be installed by strangers. */
export class PackedPackages {
  readonly all = publicPackages();
  readonly #tarballs = new Map<string, string>();

  /** Packs every package into a folder below `root`. */
  constructor(root: string) {
    run('npx', ['tsx', 'tools/scripts/copy-license.mts'], workspaceRoot);
    for (const { folder, manifest } of this.all) {
      const target = join(root, 'tarballs', basename(folder));
      mkdirSync(target, { recursive: true });
      run('npm', ['pack', '--ignore-scripts', '--pack-destination', target], folder);
      const [tarball] = readdirSync(target);
      if (!tarball) throw new Error(`npm pack of ${manifest.name} left no tarball.`);
      const packed = run('tar', ['-tzf', join(target, tarball)], root);
      if (!packed.includes('package/LICENSE')) throw new Error(`${manifest.name} has no LICENSE.`);
      this.#tarballs.set(manifest.name, join(target, tarball));
    }
  }

  /** Installs some of the packages, and `extra` from the registry, into a new project. */
  install(
    folder: string,
    entries: readonly WorkspacePackage[],
    extra: readonly string[] = [],
  ): void {
    const names = entries.map(({ manifest }) => manifest.name);
    const dependencies = Object.fromEntries(names.map((name) => [name, this.#fileOf(name)]));
    const manifest = { name: 'consumer', private: true, type: 'module', dependencies };
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    npmInstall(folder, [...extra, ...nativeParts(entries)]);
  }

  /** Installs a project whose manifest asks for our packages by version, from the tarballs instead. */
  installProject(folder: string): void {
    const path = join(folder, 'package.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    // Overrides reach what the packages ask of each other; npm wants direct dependencies to agree.
    const overrides = Object.fromEntries(
      this.all.map(({ manifest: { name } }) => [name, this.#fileOf(name)]),
    );
    const repointed = Object.fromEntries(
      Object.entries(manifest).map(([key, value]) => [key, repoint(key, value, overrides)]),
    );
    writeFileSync(path, JSON.stringify({ ...repointed, overrides }));
    npmInstall(folder);
  }

  #fileOf(name: string): string {
    const tarball = this.#tarballs.get(name);
    if (tarball === undefined) throw new Error(`${name} was not packed.`);
    return `file:${tarball}`;
  }
}

/** koffi brings its native part as an optional dependency, and those are left out. */
function nativeParts(entries: readonly WorkspacePackage[]): string[] {
  return entries.some(({ manifest }) => 'koffi' in manifest.dependencies)
    ? ['--include=optional']
    : [];
}

function npmInstall(folder: string, extra: readonly string[] = []): void {
  const quick = ['--no-audit', '--no-fund', '--prefer-offline', '--omit=optional'];
  run('npm', ['install', ...quick, ...extra], folder);
}

function repoint(key: string, ranges: unknown, files: Readonly<Record<string, string>>): unknown {
  if (!/[dD]ependencies$/.test(key) || typeof ranges !== 'object' || ranges === null) return ranges;
  return Object.fromEntries(
    Object.entries(ranges).map(([name, range]) => [name, files[name] ?? range]),
  );
}

/** A failure with what the failed command printed. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const output = ['stdout', 'stderr']
    .map((key): unknown => Reflect.get(error, key))
    .filter((text) => typeof text === 'string');
  return [error.message, ...output].join('\n');
}
