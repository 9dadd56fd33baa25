import { VoxmimError } from '@voxmim/core';
import { createRequire } from 'node:module';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { viewFile, type ViewFiles } from './view-files.js';

/** The page itself, and what it needs of ONNX Runtime. */
export async function pageFiles(): Promise<ViewFiles> {
  return new Map([...(await builtPage()), ...(await onnxRuntime())]);
}

async function builtPage(): Promise<ViewFiles> {
  const folder = fileURLToPath(new URL('../../dist/page/', import.meta.url));
  const names: string[] = await readdir(folder).catch(() => []);
  if (!names.includes('index.html')) {
    throw new VoxmimError(
      'NOT_FOUND',
      'The page of the viewer is not built.',
      'In a clone of voxmim, run npm run build.',
      { path: folder },
    );
  }
  return new Map(names.map((name) => viewFile(name, async () => readFile(join(folder, name)))));
}

/** Of each kind of engine the script and what it computes with; other builds are for other uses. */
const ONNX_RUNTIME = /^ort-wasm-simd-threaded(\.asyncify)?\.(mjs|wasm)$/;

async function onnxRuntime(): Promise<ViewFiles> {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('onnxruntime-web/wasm'));
  const names = (await readdir(folder)).filter((name) => ONNX_RUNTIME.test(name));
  return new Map(
    names.map((name) => viewFile(`ort/${name}`, async () => readFile(join(folder, name)))),
  );
}
