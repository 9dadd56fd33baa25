import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { build } from 'esbuild';

import { workspaceRoot } from '../scripts/workspace.mts';

const core = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core/package.json'));

/** Test files beside the ops' own that a backend answers for. */
const MORE = ['gradients_test.js', 'variable_test.js', 'tensor_test.js'];

/**
 * tfjs-core's tests as one script for Node, since they are published as modules with extensionless
 * imports.
 */
export async function bundleOpTests(backend: string): Promise<string> {
  const folder = mkdtempSync(join(workspaceRoot, 'node_modules/.op-tests-'));
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const entry = join(folder, 'entry.mjs');
  const outfile = join(folder, 'tests.cjs');
  writeFileSync(
    entry,
    [...setup(backend), ...testFiles().map((path) => `require(${JSON.stringify(path)});`)].join(
      '\n',
    ),
  );
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['jasmine-core/*', 'node-fetch'],
    logLevel: 'error',
  });
  return outfile;
}

function setup(backend: string): string[] {
  const from = (path: string): string => JSON.stringify(join(core, 'dist', path));
  const environment = JSON.stringify({ name: 'test', backendName: backend, isDataSync: true });
  return [
    `import ${from('index.js')};`,
    `import ${from('register_all_gradients.js')};`,
    `import ${from('public/chained_ops/register_all_chained_ops.js')};`,
    `import { setTestEnvs } from ${from('jasmine_util.js')};`,
    `setTestEnvs([${environment}]);`,
  ];
}

function testFiles(): string[] {
  const below = (folder: string): string[] =>
    readdirSync(join(core, 'dist', folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('_test.js'))
      .map((name) => join(core, 'dist', folder, name));
  const more = MORE.map((name) => join(core, 'dist', name));
  return [...below('ops'), ...below('optimizers'), ...more];
}
