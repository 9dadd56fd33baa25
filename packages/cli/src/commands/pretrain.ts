import type { Command } from 'commander';

import type { CommandContext } from '../command-context.js';
import { addTrainingCommand } from '../training-command.js';

const EXAMPLES = `
Examples:
  $ voxmim pretrain recipes/hippocampus/pretrain.yaml --data ./Task04_Hippocampus --out runs/mae
  $ voxmim pretrain run.yaml --dry-run                            what it would do, and what it costs
  $ voxmim pretrain run.yaml --measure                            … and how long it takes, by some real steps
  $ voxmim pretrain run.yaml --set encoder.depth=6 --set steps=500
  $ voxmim pretrain run.yaml --out runs/mae --resume              go on where it stopped
  $ mpirun -n 4 voxmim pretrain run.yaml        four processes, each a part of every step (torchrun, srun: see docs/parallel.md)

The fields of the config: voxmim schema pretrain`;

/** Adds `voxmim pretrain`. */
export function addPretrain(program: Command, context: CommandContext): void {
  addTrainingCommand(program, context, { name: 'pretrain', task: 'pretrain', examples: EXAMPLES });
}
