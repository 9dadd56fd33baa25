import type { Command } from 'commander';

import type { CommandContext } from '../command-context.js';
import { addTrainingCommand } from '../training-command.js';

const EXAMPLES = `
The config says by "task" what is trained: pretrain, finetune, classify, or a task that one of its plugins brings.

Examples:
  $ voxmim train recipes/hippocampus/pretrain.yaml --data ./Task04_Hippocampus --out runs/mae
  $ voxmim train run.yaml --allow-plugin acme-count               a task of a plugin
  $ voxmim train run.yaml --dry-run                               what it would do, and what it costs

The fields of the config: voxmim schema <task>`;

/** Adds `voxmim train`. */
export function addTrain(program: Command, context: CommandContext): void {
  addTrainingCommand(program, context, { name: 'train', examples: EXAMPLES });
}
