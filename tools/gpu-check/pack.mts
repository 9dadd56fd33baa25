/**
 * Packs a folder that checks the torch backend on a machine which has only Linux, Python and PyTorch: Node.js
 * itself, the packages and their tests as two scripts, and one shell script that runs everything within six
 * minutes and leaves JSON lines. Packages must be built.
 *
 *   npx tsx --conditions=@voxmim/source tools/gpu-check/pack.mts --out folder
 *   (there)  ./run.sh [results-folder]      see the head of run.sh for what can be set
 */
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';

import { bundleOpTests } from '../op-tests/bundle.mts';
import { workspaceRoot } from '../scripts/workspace.mts';

const { values } = parseArgs({ options: { out: { type: 'string', default: 'gpu-check' } } });
const out = values.out;
const require = createRequire(import.meta.url);

mkdirSync(join(out, 'node_modules'), { recursive: true });
cpSync(await bundleOpTests('torch'), join(out, 'op-tests.cjs'));
await build({
  entryPoints: [join(import.meta.dirname, 'check.mts')],
  outfile: join(out, 'check.mjs'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  conditions: ['@voxmim/source'],
  // The other backends, and links to TensorFlow, are never asked for there.
  external: ['koffi', 'jasmine-core', '@voxmim/tfjs-backend-onnx', '@tensorflow/tfjs-backend-wasm'],
  banner: {
    js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
  },
  logLevel: 'error',
});
copyPackage('koffi');
copyPackage('jasmine-core');
copyPrebuilt();
cpSync(join(workspaceRoot, 'tools/bench/peer.py'), join(out, 'peer.py'));
cpSync(join(import.meta.dirname, 'run.sh'), join(out, 'run.sh'));
chmodSync(join(out, 'run.sh'), 0o755);
writeFileSync(join(out, 'node.gz'), gzipSync(readFileSync(process.execPath)));
console.log(`${out} is ready: copy it and run ./run.sh there`);

function copyPackage(name: string): void {
  cpSync(folderOf(name), join(out, 'node_modules', name), { recursive: true });
}

/** The folder of an installed package, whether or not it exports its manifest. */
function folderOf(name: string): string {
  const entry = require.resolve(name);
  return entry.slice(0, entry.lastIndexOf(`/node_modules/${name}/`)) + `/node_modules/${name}`;
}

/** The binary of koffi for this machine, a package of its own. */
function copyPrebuilt(): void {
  const scope = join(dirname(folderOf('koffi')), '@koromix');
  for (const name of readdirSync(scope)) {
    cpSync(join(scope, name), join(out, 'node_modules/@koromix', name), { recursive: true });
  }
}
