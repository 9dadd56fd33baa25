import { linkTensorflow, listBackends, type BackendReport } from '@voxmim/runtime';
import type { Command } from 'commander';

import { perform, type CommandContext } from '../command-context.js';

/** Adds `voxmim backends` and its subcommand. */
export function addBackends(program: Command, context: CommandContext): void {
  const backends = program
    .command('backends')
    .description('List TF.js backends: what is here, how fast it is, and how to get the rest.')
    .option('--quick', 'do not measure')
    .action(async ({ quick = false }: { quick?: boolean }, command: Command) =>
      perform(command, context, async () => {
        const reports = await listBackends({ secondsEach: quick ? 0 : 1 });
        return { text: reports.map(lines).join('\n'), data: { backends: reports } };
      }),
    );
  addLinkTensorflow(backends, context);
}

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
  const { name, state, version, device, speed, reason, howToGet, defects = [] } = report;
  const facts = state === 'ready' ? [version, device].filter(Boolean).join(', ') : (reason ?? '');
  const indent = ' '.repeat(15);
  return [
    `${name.padEnd(14)} ${state.padEnd(8)} ${facts}`,
    ...(speed ? [`${indent}${rates(speed)}`] : []),
    ...defects.map((defect) => `${indent}routed around: ${defect}`),
    ...(state === 'ready' ? [] : [`${indent}to get it: ${howToGet}`]),
  ].join('\n');
}

function rates({ matMul, conv3d }: NonNullable<BackendReport['speed']>): string {
  return `${matMul.toPrecision(3)} GFLOP/s in matrix products, ${conv3d.toPrecision(3)} in convolutions`;
}
