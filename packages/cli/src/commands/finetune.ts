import type { Command } from 'commander';

import type { CommandContext } from '../command-context.js';
import { addTrainingCommand } from '../training-command.js';

const EXAMPLES = `
Examples:
  $ voxmim finetune recipes/hippocampus/finetune.yaml --data ./Task04_Hippocampus --out runs/scratch
  $ voxmim finetune recipes/hippocampus/finetune.yaml --data ./Task04_Hippocampus --out runs/mae-10 \\
      --set from.checkpoint=runs/mae --set labels.use=10          from a pretrained encoder, 10 labels
  $ voxmim finetune run.yaml --dry-run                            what it would do, and what it costs
  $ voxmim finetune run.yaml --measure                            … and how long it takes, by some real steps
  $ voxmim finetune run.yaml --out runs/mae-10 --resume           go on where it stopped
  $ mpirun -n 4 voxmim finetune run.yaml        four processes, each a part of every step (torchrun, srun: see docs/parallel.md)

The fields of the config: voxmim schema finetune`;

/** Adds `voxmim finetune`. */
export function addFinetune(program: Command, context: CommandContext): void {
  addTrainingCommand(program, context, { name: 'finetune', task: 'finetune', examples: EXAMPLES });
}
