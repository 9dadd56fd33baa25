/**
 * Runs the quickstart with the same seed on every backend that is here, and prints the losses side by side.
 * Packages must be built. Fails where a final loss differs by more than a thousandth.
 *
 *   npx tsx --conditions=@voxmim/source tools/backend-parity/backend-parity.mts [--backends onnx,wasm]
 *     [--size small|full] [--steps 5 | --whole] [--seed 1] [--out dir]
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';

import { listBackends } from '@voxmim/runtime';
import * as z from 'zod';

import { workspaceRoot } from '../scripts/workspace.mts';

/** What final losses may differ by. */
const TOLERANCE = 1e-3;
const RUNS = ['pretrain', 'scratch-4-labels-seed-0', 'mae-4-labels-seed-0'];

const Step = z.object({ event: z.literal('step'), step: z.number(), loss: z.number() });

const { values: options } = parseArgs({
  options: {
    backends: { type: 'string' },
    size: { type: 'string', default: 'small' },
    steps: { type: 'string', default: '5' },
    whole: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: join(tmpdir(), 'voxmim-backend-parity') },
  },
});

const names: string[] = [];
for (const name of options.backends?.split(',') ?? (await present())) {
  if (await quickstart(name)) names.push(name);
}
const worst = (await Promise.all(RUNS.map(compare))).reduce((a, b) => Math.max(a, b), 0);
console.log(`\nlargest difference of a final loss: ${worst.toExponential(1)}`);
if (!(worst <= TOLERANCE)) process.exitCode = 1;

async function present(): Promise<string[]> {
  const reports = await listBackends({ secondsEach: 0 });
  return reports.filter(({ state }) => state === 'ready').map(({ name }) => name);
}

/** Whether it ran; what it said is printed where it did not. */
async function quickstart(backend: string): Promise<boolean> {
  const started = performance.now();
  const child = promisify(execFile)(
    process.execPath,
    [
      ...[join(workspaceRoot, 'packages/cli/bin/voxmim.js'), 'quickstart', '--force'],
      ...['--backend', backend, '--size', options.size, '--seed', options.seed],
      ...['--out', join(options.out, backend)],
      ...(options.whole ? [] : shortened(options.steps)),
    ],
    { maxBuffer: 2 ** 26 },
  );
  const failure = await child.then(
    () => undefined,
    (error: unknown) =>
      error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error),
  );
  if (failure !== undefined) {
    console.log(`${backend} failed:\n${failure}`);
    process.exitCode = 1;
    return false;
  }
  const seconds = (performance.now() - started) / 1000;
  console.log(`${backend}: ${seconds.toFixed(0)} s, in ${join(options.out, backend)}`);
  return true;
}

function shortened(steps: string): string[] {
  const changes = ['pretrain', 'finetune'].flatMap((section) => [
    `${section}.steps=${steps}`,
    `${section}.schedule={ name: cosine, warmupSteps: 1 }`,
    `${section}.validation.every=${steps}`,
  ]);
  return changes.flatMap((change) => ['--set', change]);
}

/** Prints the losses of a run's first and last step; the largest difference of the last. */
async function compare(run: string): Promise<number> {
  const curves = await Promise.all(names.map((name) => losses(join(options.out, name, run))));
  const last = (curves[0]?.length ?? 0) - 1;
  const lines = [0, last].map((index) => {
    const values = curves.map((curve) => curve[index] ?? NaN);
    const spread = Math.max(...values) - Math.min(...values);
    const cells = names.map((name, place) => `${name} ${values[place]?.toFixed(7)}`);
    const line = `  step ${index + 1}: ${cells.join('  ')}  differ by ${spread.toExponential(1)}`;
    return { line, spread };
  });
  console.log([`\n${run}`, ...lines.map(({ line }) => line)].join('\n'));
  return lines.at(-1)?.spread ?? NaN;
}

async function losses(folder: string): Promise<number[]> {
  const text = await readFile(join(folder, 'metrics.jsonl'), 'utf8');
  const events = text
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  return events.flatMap((event) => {
    const step = Step.safeParse(event);
    return step.success ? [step.data.loss] : [];
  });
}
