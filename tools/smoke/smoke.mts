/**
 * Installs the packages as a stranger would: packs each one, puts it into an empty project with its
 * declared peers only, and imports it alone; then builds one consumer of all that trains three
 * steps, type-checks under --strict (less TensorFlow.js's own declarations, which do not pass it), and
 * bundles for the browser.
 *
 *   npm run smoke [-- masking nn]      (all packages, or some)
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { build } from 'esbuild';

import {
  publicPackages,
  withInternalDependencies,
  workspaceRoot,
  type WorkspacePackage,
} from '../scripts/workspace.mts';

const all = publicPackages();
const wanted = process.argv.slice(2);
const root = mkdtempSync(join(tmpdir(), 'voxmim-smoke-'));

/** onnxruntime-node's install script downloads a CUDA provider unless told not to. */
const environment = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, {
    cwd,
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function pack(entry: WorkspacePackage): string {
  const folder = join(root, 'tarballs', basename(entry.folder));
  mkdirSync(folder, { recursive: true });
  run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], entry.folder);
  const [tarball] = readdirSync(folder);
  if (!tarball) throw new Error(`npm pack of ${entry.manifest.name} left no tarball.`);
  return join(folder, tarball);
}

function install(
  folder: string,
  entries: readonly WorkspacePackage[],
  extra: readonly string[] = [],
): void {
  mkdirSync(folder, { recursive: true });
  const local = Object.fromEntries(
    entries.map((entry) => [entry.manifest.name, `file:${tarballs.get(entry) ?? pack(entry)}`]),
  );
  const manifest = { name: 'consumer', private: true, type: 'module', dependencies: local };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  run(
    'npm',
    ['install', '--no-audit', '--no-fund', '--prefer-offline', '--omit=optional', ...extra],
    folder,
  );
}

function importAlone(entry: WorkspacePackage): void {
  const folder = join(root, 'alone', basename(entry.folder));
  install(folder, withInternalDependencies(entry, all));
  const names = Object.keys(entry.manifest.exports)
    .filter((subpath) => !subpath.endsWith('.json'))
    .map((subpath) => entry.manifest.name + subpath.slice(1));
  for (const name of names) {
    run(
      'node',
      [
        '-e',
        `import('${name}').then((m) => { if (!Object.keys(m).length) throw new Error('exports nothing'); })`,
      ],
      folder,
    );
  }
  console.log(`  imports alone: ${names.join(', ')}`);
  rmSync(folder, { recursive: true, force: true });
}

async function consumeAll(): Promise<void> {
  const folder = join(root, 'consumer');
  const peers = [
    'typescript@5.9',
    '@types/node@20',
    '@tensorflow/tfjs-layers@4.22',
    '@tensorflow/tfjs-backend-cpu@4.22',
  ];
  install(folder, all, peers);
  ['train.ts', 'browser.ts', 'tsconfig.json'].forEach((file) =>
    copyFileSync(join(import.meta.dirname, 'consumer', file), join(folder, file)),
  );
  run('npx', ['tsc', '-p', '.'], folder);
  console.log('  a consumer type-checks under --strict');
  console.log(run('node', ['train.js'], folder).trimEnd().replace(/^/gm, '  '));
  const bundle = await build({
    absWorkingDir: folder,
    entryPoints: ['browser.ts'],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    minify: true,
    logLevel: 'silent',
  });
  console.log(`  the universal packages bundle for the browser: ${sizeOf(bundle)} kB`);
}

function sizeOf({ outputFiles }: { outputFiles: readonly { contents: Uint8Array }[] }): number {
  return Math.round(outputFiles.reduce((sum, { contents }) => sum + contents.length, 0) / 1000);
}

const tarballs = new Map<WorkspacePackage, string>();
try {
  for (const entry of all) tarballs.set(entry, pack(entry));
  console.log(`Packed ${tarballs.size} packages of ${basename(workspaceRoot)}.`);
  const chosen = all.filter(
    ({ folder }) => wanted.length === 0 || wanted.includes(basename(folder)),
  );
  chosen.forEach(importAlone);
  if (wanted.length === 0) await consumeAll();
  console.log('The packed packages work.');
} catch (error) {
  console.error(describe(error));
  process.exitCode = 1;
} finally {
  rmSync(root, { recursive: true, force: true });
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const output = ['stdout', 'stderr']
    .map((key) => Reflect.get(error, key))
    .filter((text) => typeof text === 'string');
  return [error.message, ...output].join('\n');
}
