/**
 * Runs tfjs-core's own op tests against a backend and counts what passes. Packages must be built.
 *
 *   npx tsx tools/op-tests/run.mts [--filter text] [--backend onnx|torch|cpu] [--table file]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { bundleOpTests } from './bundle.mts';
import { tableOf, type SpecResult } from './table.mts';

interface Spec {
  readonly fullName: string;
  readonly status: string;
  readonly failedExpectations: readonly { readonly message: string }[];
}

interface Jasmine {
  DEFAULT_TIMEOUT_INTERVAL: number;
  getEnv(): {
    configure(options: object): void;
    clearReporters(): void;
    addReporter(reporter: { specDone(spec: Spec): void }): void;
    execute(): Promise<unknown>;
  };
}

const require = createRequire(import.meta.url);
const { values: options } = parseArgs({
  options: {
    filter: { type: 'string' },
    backend: { type: 'string', default: 'onnx' },
    table: { type: 'string' },
  },
});

const results = await run(options.backend, options.filter);
for (const { name, message, passed } of results) {
  if (!passed) console.log(`FAILED ${name}\n    ${message.slice(0, 300)}`);
}
const passed = results.filter((result) => result.passed).length;
console.log(`${passed} passed, ${results.length - passed} failed`);
if (options.table) {
  const manifest = readFileSync(require.resolve('@tensorflow/tfjs-core/package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  writeFileSync(
    options.table,
    tableOf(results, { backend: options.backend, version, table: options.table }),
  );
}

async function run(backend: string, filter: string | undefined): Promise<SpecResult[]> {
  const script = await bundleOpTests(backend);
  const jasmine = (require('jasmine-core') as { boot(): Jasmine }).boot();
  const env = jasmine.getEnv();
  jasmine.DEFAULT_TIMEOUT_INTERVAL = 60_000;
  await import('@tensorflow/tfjs-backend-cpu');
  if (backend !== 'cpu') await import(`@voxmim/tfjs-backend-${backend}`);
  await import(pathToFileURL(script).href);
  const specFilter = (spec: { getFullName(): string }): boolean =>
    spec.getFullName().includes(filter ?? '');
  env.configure({ random: false, specFilter });
  const specs: SpecResult[] = [];
  env.clearReporters();
  env.addReporter({
    specDone: ({ fullName, status, failedExpectations }) => {
      if (status === 'excluded' || status === 'pending') return;
      specs.push({
        name: fullName.replace(' test {}', ''),
        passed: status === 'passed',
        message: failedExpectations[0]?.message ?? '',
      });
    },
  });
  await env.execute();
  return specs;
}
