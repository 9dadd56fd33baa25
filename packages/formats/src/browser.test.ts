import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** In a process of its own: esbuild does not run within Jest. */
const SCRIPT = `
  const { build } = await import('esbuild');
  const [entry, ...external] = process.argv.slice(1);
  const { metafile } = await build({
    entryPoints: [entry], external, bundle: true, platform: 'browser', format: 'esm', splitting: true,
    outdir: 'out', write: false, metafile: true, conditions: ['@voxmim/source'], logLevel: 'error',
  });
  console.log(JSON.stringify(Object.keys(metafile.inputs)));`;

/** Bundles an entry for the browser, which fails where it needs a module of Node.js. @returns what went in */
function bundledFiles(entry: string, ...external: string[]): string[] {
  const flags = ['--input-type=module', '-e', SCRIPT, join(__dirname, entry), ...external];
  const files: string[] = JSON.parse(
    execFileSync(process.execPath, flags, { cwd: __dirname, encoding: 'utf8' }),
  );
  return files;
}

it('needs no module of Node.js, and none of the DICOM codecs', () => {
  const files = bundledFiles('index.ts');
  expect(files).toContain('nifti/read-nifti.ts');
  expect(files.filter((file) => /^node\/|cornerstone|dcmjs|dicom-parser/.test(file))).toEqual([]);
});

it('reads DICOM in browsers, where codecs ask for files only under Node.js', () => {
  const files = bundledFiles('dicom/index.ts', 'fs', 'path');
  expect(files.some((file) => file.includes('dcmjs-codecs'))).toBe(true);
  expect(files.filter((file) => file.startsWith('node/'))).toEqual([]);
});
