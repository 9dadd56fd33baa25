/**
 * Times training steps and sliding-window inference, each case in a process of its own, beside the same step
 * in PyTorch when `--peer` names a Python that has it.
 *
 *   npm run bench -- [case…] [--backend onnx|wasm|cpu] [--repeats 5] [--peer python3] [--json]
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';

import { workspaceRoot } from '../scripts/workspace.mts';

interface Measurement {
  readonly name: string;
  readonly engine: string;
  readonly seconds: readonly number[];
  readonly peakMb: number;
  readonly result: number;
}

const CASES = ['blocks', 'mae', 'simmim', 'mae-small', 'unetr', 'sliding-window'];
const run = promisify(execFile);
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    backend: { type: 'string', default: 'onnx' },
    repeats: { type: 'string', default: '5' },
    peer: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

for (const name of positionals.length > 0 ? positionals : CASES) {
  const ours = await measured(process.execPath, [
    ...['--import', 'tsx', '--conditions', '@voxmim/source'],
    ...[here('measure.mts'), name, options.backend, options.repeats],
  ]);
  const peer = options.peer
    ? await measured(options.peer, [here('peer.py'), name, options.repeats])
    : undefined;
  report(name, ours, peer);
}

/** The measurement that a process prints, or nothing where it has no such case. */
async function measured(command: string, args: string[]): Promise<Measurement | undefined> {
  const { stdout } = await run(command, args, { cwd: workspaceRoot });
  const line = stdout.split('\n').find((text) => text.startsWith('{'));
  return line === undefined ? undefined : (JSON.parse(line) as Measurement);
}

function report(name: string, ours: Measurement | undefined, peer: Measurement | undefined): void {
  const all = [ours, peer].filter((entry) => entry !== undefined);
  if (options.json) {
    for (const entry of all)
      console.log(JSON.stringify({ ...entry, median: median(entry.seconds) }));
    return;
  }
  for (const { engine, seconds, peakMb } of all) {
    const spread = `${Math.min(...seconds).toFixed(3)}–${Math.max(...seconds).toFixed(3)}`;
    console.log(
      `${name.padEnd(15)} ${engine.padEnd(16)} ${median(seconds).toFixed(3)} s  (${spread})  ${peakMb} MB`,
    );
  }
  if (!ours || !peer) return;
  const time = median(ours.seconds) / median(peer.seconds);
  console.log(
    `${name.padEnd(15)} ${'ratio'.padEnd(16)} ${time.toFixed(2)} time, ${(ours.peakMb / peer.peakMb).toFixed(2)} memory`,
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

function here(file: string): string {
  return join(workspaceRoot, 'tools/bench', file);
}
