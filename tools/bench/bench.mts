/**
 * Times training steps and sliding-window inference, each case in a process of its own, beside the same step
 * in PyTorch when `--peer` names a Python that has it.
 *
 * Beside the clock it counts the processor's time, all threads together: on a machine that others use
 * too, the ratio of the least processor times is the one to trust.
 *
 *   npm run bench -- --help
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { workspaceRoot } from '../scripts/workspace.mts';
import { median } from './median.mts';
import type { MemoryTrend } from './memory-trend.mts';
import { type BenchOptions, readOptions } from './options.mts';

interface Measurement {
  readonly name: string;
  readonly engine: string;
  readonly seconds: readonly number[];
  /** User and system time of all threads. */
  readonly cpuSeconds: readonly number[];
  /** Most memory that the process held, from its start. */
  readonly peakMb: number;
  /** Ours only. */
  readonly memory?: MemoryTrend;
  /** Processor time of an op on a few numbers. */
  readonly opMicroseconds: number;
  readonly result: number;
}

/** Why a case was not measured on one side. */
interface Skip {
  readonly name: string;
  readonly skipped: string;
}

const run = promisify(execFile);
const options = readOptions(process.argv.slice(2));
if (options) await measureAll(options);

async function measureAll({ names, engines, repeats, peer, json }: BenchOptions): Promise<void> {
  for (const name of names) {
    const theirs = peer
      ? await measured(name, peer, [here('peer.py'), name, String(repeats)])
      : undefined;
    if (theirs) print(name, theirs, json);
    for (const engine of engines) {
      const ours = await measured(name, process.execPath, [
        ...['--expose-gc', '--import', 'tsx', '--conditions', '@voxmim/source'],
        ...[here('measure.mts'), name, engine, String(repeats)],
      ]);
      print(name, ours, json);
      if (!json) compare(name, ours, theirs);
    }
  }
}

/** What a process prints as JSON; of one that fails, the last line it printed. */
async function measured(
  name: string,
  command: string,
  args: string[],
): Promise<Measurement | Skip> {
  try {
    const { stdout } = await run(command, args, { cwd: workspaceRoot });
    const line = stdout.split('\n').find((text) => text.startsWith('{'));
    return JSON.parse(line ?? '') as Measurement | Skip;
  } catch (error) {
    process.exitCode = 1;
    return { name, skipped: `${command} failed: ${lastLine(error)}` };
  }
}

function lastLine(error: unknown): string {
  const { stderr = '', message } = error as { stderr?: string; message: string };
  const lines = (stderr.trim() || message).split('\n').map((text) => text.trim());
  return lines.filter((text) => /error/i.test(text)).at(-1) ?? lines.at(-1) ?? '';
}

function print(name: string, entry: Measurement | Skip, json: boolean): void {
  const skipped = 'skipped' in entry;
  if (json) console.log(JSON.stringify(skipped ? entry : withMedian(entry)));
  else console.log(skipped ? `${name.padEnd(15)} skipped: ${entry.skipped}` : describe(entry));
}

/** Ours over theirs. */
function compare(
  name: string,
  ours: Measurement | Skip,
  theirs: Measurement | Skip | undefined,
): void {
  if ('skipped' in ours || !theirs || 'skipped' in theirs) return;
  const ratios = [
    `${(median(ours.seconds) / median(theirs.seconds)).toFixed(2)} time`,
    `${(Math.min(...ours.cpuSeconds) / Math.min(...theirs.cpuSeconds)).toFixed(2)} least CPU time`,
    `${(ours.peakMb / theirs.peakMb).toFixed(2)} memory`,
  ];
  console.log(`${name.padEnd(15)} ${'ratio'.padEnd(20)} ${ratios.join(', ')}`);
}

function withMedian(entry: Measurement): object {
  return { ...entry, median: median(entry.seconds) };
}

function describe(entry: Measurement): string {
  const { name, engine, seconds, cpuSeconds, peakMb, memory, opMicroseconds } = entry;
  const spread = `${Math.min(...seconds).toFixed(3)}–${Math.max(...seconds).toFixed(3)}`;
  return [
    `${name.padEnd(15)} ${engine.padEnd(20)} ${median(seconds).toFixed(3)} s  (${spread})`,
    `CPU ${Math.min(...cpuSeconds).toFixed(3)} s`,
    `${peakMb} MB`,
    `${opMicroseconds.toFixed(1)} µs an op`,
    ...(memory ? [describeMemory(memory)] : []),
  ].join('  ');
}

function describeMemory({ growthMb, newTensors, samplesMb, slopeMb }: MemoryTrend): string {
  const growth = `grew ${growthMb} MB, ${newTensors} tensors`;
  if (!slopeMb) return growth;
  const [slope, error] = slopeMb.map((value) => value.toFixed(2));
  return `${growth}\n  resident after collection: ${samplesMb.join(', ')} MB; second half ${slope} ± ${error} MB per 100 steps`;
}

function here(file: string): string {
  return join(workspaceRoot, 'tools/bench', file);
}
