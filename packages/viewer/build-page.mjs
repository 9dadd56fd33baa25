/** Bundles the page of the viewer into dist/page: scripts, the worker of models, styles, and DICOM codecs. */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { build } from 'esbuild';

const root = import.meta.dirname;
const out = join(root, 'dist/page');

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const { metafile } = await build({
  metafile: true,
  absWorkingDir: root,
  entryPoints: { main: 'src/page/main.ts', worker: '@voxmim/web/worker' },
  outdir: out,
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  conditions: ['@voxmim/source', 'onnxruntime-web-use-extern-wasm'],
  external: ['fs', 'path'],
  legalComments: 'linked',
  logLevel: 'error',
});
for (const name of await readdir(join(root, 'page')))
  await copyFile(join(root, 'page', name), join(out, name));

// Codecs for compressed DICOM fetch these from beside the script.
const formats = createRequire(join(root, '../formats/package.json'));
const codecs = [
  'codec-charls/decodewasmjs',
  'codec-libjpeg-turbo-8bit/decodewasmjs',
  'codec-openjpeg/decodewasmjs',
  'codec-openjph',
].map((name) => dirname(formats.resolve(`@cornerstonejs/${name}`)));
for (const dist of codecs) {
  for (const name of await readdir(dist))
    if (/_decode\.wasm$|^openjphjs\.wasm$/.test(name))
      await copyFile(join(dist, name), join(out, name));
}

await writeFile(
  join(out, 'licenses.txt'),
  await licensesOf(Object.keys(metafile.inputs).filter((file) => !file.startsWith('(disabled)'))),
);

/** What the packages say whose code is in the bundle; ours is under the license of this package. */
async function licensesOf(files) {
  const found = files.flatMap(
    (file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? [],
  );
  const texts = [];
  for (const folder of [...new Set(found)].sort()) {
    const { name, version, license } = JSON.parse(
      await readFile(join(root, folder, 'package.json'), 'utf8'),
    );
    const names = (await readdir(join(root, folder))).filter((file) => /^licen[cs]e/i.test(file));
    const text = names[0] ? await readFile(join(root, folder, names[0]), 'utf8') : '';
    texts.push(`${name} ${version} (${license})\n\n${text}`);
  }
  return texts.join('\n\n---\n\n');
}
