// Runs tfjs-core's own op tests against the onnx backend and counts what passes.
//
//   node tools/op-tests/run.mjs [--filter text] [--backend onnx|cpu] [--failures] [--json file]
//
// The tests ship in the npm package as ES modules with extensionless imports, so they are bundled first.
// Packages must be built.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import jasmineCore from 'jasmine-core';

const require = createRequire(import.meta.url);
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const core = dirname(dirname(require.resolve('@tensorflow/tfjs-core')));
const { values: options } = parseArgs({
  options: {
    filter: { type: 'string' },
    backend: { type: 'string', default: 'onnx' },
    failures: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

const bundle = await bundleTests();
const results = await runTests(bundle);
report(results);

async function bundleTests() {
  const folder = mkdtempSync(join(root, 'node_modules/.op-tests-'));
  const entry = join(folder, 'entry.mjs');
  const outfile = join(folder, 'tests.cjs');
  const tests = readdirSync(join(core, 'dist/ops'))
    .filter((name) => name.endsWith('_test.js'))
    .map((name) => `require(${JSON.stringify(join(core, 'dist/ops', name))});`);
  const setup = [
    `import ${JSON.stringify(join(core, 'dist/index.js'))};`,
    `import ${JSON.stringify(join(core, 'dist/register_all_gradients.js'))};`,
    `import ${JSON.stringify(join(core, 'dist/public/chained_ops/register_all_chained_ops.js'))};`,
    `import { setTestEnvs } from ${JSON.stringify(join(core, 'dist/jasmine_util.js'))};`,
    `setTestEnvs([{ name: 'test', backendName: ${JSON.stringify(options.backend)}, isDataSync: true }]);`,
  ];
  writeFileSync(entry, [...setup, ...tests].join('\n'));
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['jasmine-core/*', 'node-fetch'],
    logLevel: 'error',
  });
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return outfile;
}

async function runTests(file) {
  const jasmine = jasmineCore.boot();
  const env = jasmine.getEnv();
  jasmine.DEFAULT_TIMEOUT_INTERVAL = 60_000;
  await import('@tensorflow/tfjs-backend-cpu');
  await import('@voxmim/tfjs-backend-onnx');
  await import(pathToFileURL(file).href);
  const { filter } = options;
  env.configure({
    random: false,
    ...(filter ? { specFilter: (spec) => spec.getFullName().includes(filter) } : {}),
  });
  const specs = [];
  env.clearReporters();
  env.addReporter({
    specDone: (spec) => {
      specs.push({
        suite: spec.fullName.split(' test {}')[0],
        name: spec.fullName,
        status: spec.status,
        failures: spec.failedExpectations.map(({ message }) => message),
      });
      if (options.failures && spec.status === 'failed') {
        console.log(`FAILED ${spec.fullName}\n    ${spec.failedExpectations[0]?.message.slice(0, 400)}`);
      }
    },
  });
  await env.execute();
  return specs;
}

function report(specs) {
  const passed = specs.filter(({ status }) => status === 'passed').length;
  const failed = specs.filter(({ status }) => status === 'failed').length;
  console.log(`${passed} passed, ${failed} failed, ${specs.length - passed - failed} skipped`);
  if (options.json) writeFileSync(options.json, JSON.stringify(specs, null, 1));
}
