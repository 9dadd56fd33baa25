/** Reads the benchmark's command line. */
import { parseArgs } from 'node:util';

import { backendNames } from '@voxmim/runtime';

import { type CaseName, caseNames, isCaseName } from './case-names.mts';

/** What is to be measured. */
export interface BenchOptions {
  readonly names: readonly CaseName[];
  /** TF.js backends, each measured in turn. */
  readonly engines: readonly string[];
  readonly repeats: number;
  /** A Python with PyTorch; none to measure ours alone. */
  readonly peer: string | undefined;
  readonly json: boolean;
}

const HELP = `npm run bench -- [case…] [options]

Times training steps and sliding-window inference, each case in a process of its own; all cases without a name.

Cases:
${Object.entries(caseNames)
  .map(([name, what]) => `  ${name.padEnd(15)} ${what}`)
  .join('\n')}

Options:
  --engine <names>   of ${backendNames.join(', ')}, separated by commas
                     (default onnx)
  --repeats <n>      measured after three that are not (default 5); from 100 on, memory after garbage
                     collection is sampled ten times, and its slope over the second half is printed
  --peer <python>    measure the same step in PyTorch too, and print the ratio; unetr and
                     sliding-window need MONAI there (PYTHONPATH may name its folder)
  --json             one JSON line per measurement

VOXMIM_THREADS says how many threads both sides use, VOXMIM_PRECISION=bf16 that torch and its peer compute
products in bfloat16. Ratios of processor time hold on a busy machine too; seconds do not.`;

/** The options, or undefined where the command line asks for help or is wrong, which has been said. */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  try {
    return parse(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n(--help lists all)`);
    process.exitCode = 2;
    return undefined;
  }
}

function parse(args: readonly string[]): BenchOptions | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      engine: { type: 'string', default: 'onnx' },
      repeats: { type: 'string', default: '5' },
      peer: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return undefined;
  }
  const known = Object.keys(caseNames);
  const odd = positionals.find((name) => !isCaseName(name));
  if (odd !== undefined) throw new RangeError(`no case "${odd}"; there are ${known.join(', ')}`);
  const engines = values.engine.split(',');
  const strange = engines.find((engine) => !backendNames.some((name) => name === engine));
  if (strange !== undefined)
    throw new RangeError(`no engine "${strange}"; there are ${backendNames.join(', ')}`);
  const repeats = Number(values.repeats);
  if (!Number.isInteger(repeats) || repeats < 1)
    throw new RangeError(`--repeats ${values.repeats} is no whole number of at least 1`);
  const names = (positionals.length > 0 ? positionals : known).filter(isCaseName);
  return { names, engines, repeats, peer: values.peer, json: values.json };
}
