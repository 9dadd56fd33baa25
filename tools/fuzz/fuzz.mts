/**
 * Feeds damaged files to the NIfTI and DICOM readers. Each must give a volume, be skipped with a
 * reason, or end in a typed error that names the file and no patient, in bounded time and memory.
 *
 *   npx tsx tools/fuzz/fuzz.mts [--inputs 20000] [--seed 0] [--from 0] [--seconds 10]
 *
 * Prints how many were tried and what became of them; exits with 1 where one did what none may. An
 * input is found again by the seed and its number: `--seed S --from N --inputs 1`.
 */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { workspaceRoot } from '../scripts/workspace.mts';
import type { Outcome } from './worker.mts';

const { values: options } = parseArgs({
  options: {
    inputs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '0' },
    from: { type: 'string', default: '0' },
    seconds: { type: 'string', default: '10' },
  },
});
const seed = Number(options.seed);
const first = Number(options.from);
const last = first + Number(options.inputs);
const limit = Number(options.seconds) * 1000;

const results = new Map<string, number>();
const problems: string[] = [];
let slowest: Outcome | undefined;
let largest: Outcome | undefined;

let next = first;
while (next < last) next = await runFrom(next);

process.stdout.write(
  `${JSON.stringify({
    tried: last - first,
    seed,
    results: Object.fromEntries(results),
    slowest,
    largest,
    problems,
  })}\n`,
);
process.exitCode = problems.length > 0 ? 1 : 0;

/** Runs a worker until it is done, or must be ended; where to go on. */
function runFrom(start: number): Promise<number> {
  const worker = fork(
    join(workspaceRoot, 'tools/fuzz/worker.mts'),
    [String(seed), String(start), String(last)],
    {
      execArgv: ['--import', 'tsx'],
    },
  );
  return new Promise((resolve) => {
    let current = start;
    const timeout = () =>
      setTimeout(() => worker.kill('SIGKILL'), limit + (current === start ? 60_000 : 0));
    let timer = timeout();
    worker.on('message', (outcome: Outcome) => {
      clearTimeout(timer);
      record(outcome);
      current = outcome.number + 1;
      timer = timeout();
    });
    worker.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (current < last) {
        problems.push(`input ${current}: the process ended (${signal ?? code}), or took too long`);
      }
      resolve(current < last ? current + 1 : last);
    });
  });
}

function record(outcome: Outcome): void {
  results.set(outcome.result, (results.get(outcome.result) ?? 0) + 1);
  if (outcome.problem !== undefined) {
    problems.push(`input ${outcome.number} (${outcome.name}): ${outcome.problem}`);
  }
  if (!slowest || outcome.milliseconds > slowest.milliseconds) slowest = outcome;
  if (!largest || outcome.rssMb > largest.rssMb) largest = outcome;
}
