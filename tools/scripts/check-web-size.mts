/**
 * Holds `@voxmim/web` to its size: what a page downloads of ours to segment a scan, without ONNX Runtime,
 * and without the DICOM codecs, which come only for compressed pixels.
 */
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';

import { build, type Metafile } from 'esbuild';

import { workspaceRoot } from './workspace.mts';

/** Gzipped. */
const MOST_KB = 150;

const { outputFiles, metafile } = await build({
  absWorkingDir: workspaceRoot,
  entryPoints: ['index.js', 'worker/worker.js'].map((file) => join('packages/web/dist', file)),
  bundle: true,
  splitting: true,
  minify: true,
  write: false,
  metafile: true,
  format: 'esm',
  platform: 'browser',
  outdir: 'out',
  external: ['onnxruntime-web/*', 'fs', 'path'],
  logLevel: 'error',
});

/** Without what only codecs need. */
function isOurs({ inputs }: Metafile['outputs'][string]): boolean {
  return !Object.keys(inputs).some((file) => /codec|jpeg-lossless/.test(file));
}

const sizes = Object.entries(metafile.outputs).map(([path, output]) => {
  const file = outputFiles.find((one) => one.path === join(workspaceRoot, path));
  return { path, isOurs: isOurs(output), kb: gzipSync(file?.contents ?? '').length / 1000 };
});
const ours = sizes.reduce((sum, { isOurs: counts, kb }) => sum + (counts ? kb : 0), 0);
const words = `@voxmim/web is ${ours.toFixed(0)} kB gzipped, of at most ${MOST_KB}.`;
if (ours > MOST_KB) {
  console.error(words);
  process.exitCode = 1;
} else console.log(words);
if (process.argv.includes('--verbose')) console.table(sizes);
