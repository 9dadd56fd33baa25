import { linkTensorflow, listBackends, type BackendReport } from '@voxmim/runtime';
import type { Command } from 'commander';

import {
  addEngineOptions,
  type BackendCommandOptions,
  startOptionsOf,
} from '../backend-options.js';
import { perform, type CommandContext } from '../command-context.js';

/** Adds `voxmim backends` and its subcommand. */
export function addBackends(program: Command, context: CommandContext): void {
  const backends = addEngineOptions(program.command('backends'))
    .option('--quick', 'do not measure')
    .addHelpText('after', LIST_HELP)
    .action(async ({ quick = false, ...given }: ListCommandOptions, command: Command) =>
      perform(command, context, async () => {
        const { device, precision, threads } = startOptionsOf(given);
        const secondsEach = quick ? 0 : 1;
        const reports = await listBackends({ device, precision, threads, secondsEach });
        return { text: reports.map(lines).join('\n'), data: { backends: reports } };
      }),
    );
  addLinkTensorflow(backends, context);
}

interface ListCommandOptions extends BackendCommandOptions {
  readonly quick?: boolean;
}

const LIST_HELP = `
Examples:
  $ voxmim backends                    all of them, measured
  $ voxmim backends --device cuda      whether onnx computes on an NVIDIA card, or what it lacks
  $ voxmim backends --threads 1

VOXMIM_BACKEND, VOXMIM_DEVICE and VOXMIM_THREADS say the same to every command.`;

interface LinkCommandOptions {
  readonly python: string;
  readonly gpu?: boolean;
}

function addLinkTensorflow(backends: Command, context: CommandContext): void {
  backends
    .command('link-tensorflow')
    .description(
      'Build the backend tfjs-node against the TensorFlow of a Python: no download of libtensorflow.',
    )
    .option('--python <path>', 'a Python that has TensorFlow', 'python3')
    .option('--gpu', 'build tfjs-node-gpu, against a TensorFlow with CUDA')
    .addHelpText('after', LINK_HELP)
    .action(async ({ python, gpu }: LinkCommandOptions, command: Command) =>
      perform(command, context, async ({ monitor }) => {
        const note = (text: string) => monitor.note(text);
        const linked = await linkTensorflow({ python, gpu, note });
        const { backend, tensorflow } = linked;
        return {
          text: `${backend} runs on TensorFlow ${tensorflow}. Choose it with --backend ${backend}.`,
          data: { ...linked },
        };
      }),
    );
}

const LINK_HELP = `
Takes @tensorflow/tfjs-node from the npm registry without its install script, compiles its sources
with g++ (or CXX), and trains one step. The result is kept in ~/.voxmim, or where VOXMIM_HOME says.

Examples:
  $ python3 -m pip install tensorflow-cpu && voxmim backends link-tensorflow
  $ voxmim backends link-tensorflow --python ~/venv/bin/python --gpu`;

function lines(report: BackendReport): string {
  const { name, state, version, device, speed, reason, howToGet } = report;
  const { defects = [], devices = [] } = report;
  const facts = state === 'ready' ? [version, device].filter(Boolean).join(', ') : (reason ?? '');
  const indent = ' '.repeat(15);
  return [
    `${name.padEnd(14)} ${state.padEnd(8)} ${facts}`,
    ...(devices.length > 0
      ? [`${indent}built for ${devices.join(', ')}: choose with --device`]
      : []),
    ...(speed ? [`${indent}${rates(speed)}`] : []),
    ...defects.map((defect) => `${indent}routed around: ${defect}`),
    ...(state === 'ready' ? [] : [`${indent}to get it: ${howToGet}`]),
  ].join('\n');
}

function rates({ matMul, conv3d }: NonNullable<BackendReport['speed']>): string {
  return `${matMul.toPrecision(3)} GFLOP/s in matrix products, ${conv3d.toPrecision(3)} in convolutions`;
}
