/**
 * Times training steps and sliding-window inference, each case in a process of its own, beside the same step
 * in PyTorch when `--peer` names a Python that has it.
 *
 * Beside the clock it counts the processor's time, all threads together: on a machine that others use
 * too, the ratio of the least processor times is the one to trust.
 *
 *   npm run bench -- [case…] [--backend onnx|tfjs-node|wasm|cpu] [--repeats 5] [--peer python3] [--json]
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';

import { workspaceRoot } from '../scripts/workspace.mts';

interface Measurement {
  readonly name: string;
  readonly engine: string;
  readonly seconds: readonly number[];
  /** User and system time of all threads. */
  readonly cpuSeconds: readonly number[];
  readonly peakMb: number;
  /** Resident memory gained between warm-up and end, and tensors; ours only. */
  readonly growthMb?: number;
  readonly newTensors?: number;
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
  for (const entry of all) console.log(describe(entry));
  if (!ours || !peer) return;
  const ratios = [
    `${(median(ours.seconds) / median(peer.seconds)).toFixed(2)} time`,
    `${(Math.min(...ours.cpuSeconds) / Math.min(...peer.cpuSeconds)).toFixed(2)} least CPU time`,
    `${(ours.peakMb / peer.peakMb).toFixed(2)} memory`,
  ];
  console.log(`${name.padEnd(15)} ${'ratio'.padEnd(20)} ${ratios.join(', ')}`);
}

function describe(entry: Measurement): string {
  const { name, engine, seconds, cpuSeconds, peakMb, growthMb, newTensors } = entry;
  const spread = `${Math.min(...seconds).toFixed(3)}–${Math.max(...seconds).toFixed(3)}`;
  return [
    `${name.padEnd(15)} ${engine.padEnd(20)} ${median(seconds).toFixed(3)} s  (${spread})`,
    `CPU ${Math.min(...cpuSeconds).toFixed(3)} s`,
    `${peakMb} MB`,
    ...(growthMb === undefined ? [] : [`grew ${growthMb} MB, ${newTensors} tensors`]),
  ].join('  ');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

function here(file: string): string {
  return join(workspaceRoot, 'tools/bench', file);
}
