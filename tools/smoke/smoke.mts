/**
 * Installs the packages as a stranger would: packs each one, puts it into an empty project with its
 * declared peers only, and imports it alone; then builds one consumer of all that trains three
 * steps, type-checks under --strict (less TensorFlow.js's own declarations, which do not pass it), and
 * bundles for the browser.
 *
 *   npm run smoke [-- masking nn]      (all packages, or some)
 */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { build } from 'esbuild';

import {
  withInternalDependencies,
  workspaceRoot,
  type WorkspacePackage,
} from '../scripts/workspace.mts';
import { describeFailure, PackedPackages, run } from './packed-packages.mts';

const wanted = process.argv.slice(2);
const root = mkdtempSync(join(tmpdir(), 'voxmim-smoke-'));

function importAlone(packed: PackedPackages, entry: WorkspacePackage): void {
  const folder = join(root, 'alone', basename(entry.folder));
  packed.install(folder, withInternalDependencies(entry, packed.all));
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

async function consumeAll(packed: PackedPackages): Promise<void> {
  const folder = join(root, 'consumer');
  const peers = [
    'typescript@5.9',
    '@types/node@20',
    '@tensorflow/tfjs-layers@4.22',
    '@tensorflow/tfjs-backend-cpu@4.22',
  ];
  packed.install(folder, packed.all, peers);
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

try {
  const packed = new PackedPackages(root);
  console.log(`Packed ${packed.all.length} packages of ${basename(workspaceRoot)}.`);
  const chosen = packed.all.filter(
    ({ folder }) => wanted.length === 0 || wanted.includes(basename(folder)),
  );
  for (const entry of chosen) importAlone(packed, entry);
  if (wanted.length === 0) await consumeAll(packed);
  console.log('The packed packages work.');
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
} finally {
  rmSync(root, { recursive: true, force: true });
}
