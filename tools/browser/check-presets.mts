import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { serveView, viewFile } from '@voxmim/viewer';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import * as z from 'zod';

import { workspaceRoot } from '../scripts/workspace.mts';
import { openPage } from './chromium.mts';
import type { Runs } from './make-runs.mts';

/** What a page needs to segment by a checkpoint; Node.js runs the same. */
const SCRIPT = `
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { loadTrainedSegmenter, segmentVolume } from '@voxmim/presets';
import { preprocess } from '@voxmim/volumes';
import { readNifti } from '@voxmim/formats';

export async function segment(read) {
  await tf.setBackend('cpu');
  const config = JSON.parse(new TextDecoder().decode(await read('config.json')));
  const { model, config: { data, ...fields } } = loadTrainedSegmenter({ config, weights: await read('model.safetensors') });
  const { image, toNative } = preprocess(readNifti(await read('scan.nii.gz'), 'scan'), undefined, data.preprocessing, { origin: 'scan', leastShape: fields.crop });
  return [...toNative(await segmentVolume(model, image, fields)).data];
}
globalThis.segment = segment;
`;

/** The universal packages load a trained model in a browser, and label each voxel as in Node.js. */
export async function checkPresets(browser: Browser, { root, first, scans }: Runs): Promise<void> {
  const [step = ''] = readdirSync(join(first, 'checkpoints')).sort().reverse();
  const checkpoint = join(first, 'checkpoints', step);
  const paths: Readonly<Record<string, string>> = {
    'config.json': join(checkpoint, 'config.json'),
    'model.safetensors': join(checkpoint, 'model.safetensors'),
    'scan.nii.gz': scans[0] ?? '',
  };
  const bundle = await bundled('browser');
  const files = Object.entries(paths).map(([name, path]) =>
    viewFile(name, async () => readFile(path)),
  );
  const page =
    '<!doctype html><link rel="icon" href="data:,"><script type="module" src="page.js"></script>';
  const view = await serveView(
    new Map([
      viewFile('index.html', () => Promise.resolve(new TextEncoder().encode(page))),
      viewFile('page.js', () => Promise.resolve(new TextEncoder().encode(bundle))),
      ...files,
    ]),
  );
  try {
    const { page: tab, complaints } = await openPage(browser, view.url);
    const inBrowser: unknown = await tab.evaluate(
      `segment(async (name) => new Uint8Array(await (await fetch(name)).arrayBuffer()))`,
    );
    const inNode = labelsInNode(await bundled('node'), paths, root);
    assert.deepEqual(inBrowser, inNode);
    assert.ok(inNode.some((label) => label > 0));
    assert.deepEqual(complaints, []);
    const kb = Math.round(bundle.length / 1000);
    console.log(`  presets in the browser (${kb} kB): ${inNode.length} voxels as in Node.js`);
  } finally {
    await view.close();
  }
}

/** The labels that a process of its own gives. */
function labelsInNode(
  bundle: string,
  paths: Readonly<Record<string, string>>,
  root: string,
): number[] {
  const read = `(name) => readFile(${JSON.stringify(paths)}[name])`;
  const script = join(root, 'presets.mjs');
  writeFileSync(
    script,
    `${bundle}\nimport { readFile } from 'node:fs/promises';\n` +
      `console.log(JSON.stringify(await globalThis.segment(async (name) => new Uint8Array(await (${read})(name)))));`,
  );
  const printed = execFileSync(process.execPath, [script], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return z.array(z.number()).parse(JSON.parse(printed));
}

async function bundled(platform: 'browser' | 'node'): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: SCRIPT, resolveDir: join(workspaceRoot, 'packages/cli') },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform,
    external: ['fs', 'path'],
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
