import type { Command } from 'commander';

import type { CommandContext } from './command-context.js';

/** A command as the list of commands has it: what it takes and does comes with `load`. */
export interface ListedCommand {
  readonly name: string;
  /** One sentence, shown in the list and atop the command's own help. */
  readonly description: string;
  /** Imports the command with all it works with, and gives what adds it to a program. */
  readonly load: () => Promise<(program: Command, context: CommandContext) => void>;
}

/** Every command in the order of the help. Nothing of a command is imported before it is asked for. */
export const listedCommands: readonly ListedCommand[] = [
  {
    name: 'quickstart',
    description: 'The whole job on synthetic volumes, in minutes: pretrain, fine-tune, compare.',
    load: async () => (await import('./commands/quickstart.js')).addQuickstart,
  },
  {
    name: 'phantom',
    description: 'Write synthetic CT volumes with labels, as a data set in the Decathlon layout.',
    load: async () => (await import('./commands/phantom.js')).addPhantom,
  },
  {
    name: 'inspect',
    description: 'Say what is in volumes (geometry, intensities, labels) and what is wrong.',
    load: async () => (await import('./commands/inspect.js')).addInspect,
  },
  {
    name: 'convert',
    description: 'Write a volume as NIfTI: from DICOM, turned, resampled, or in another type.',
    load: async () => (await import('./commands/convert.js')).addConvert,
  },
  {
    name: 'preprocess',
    description: 'Prepare the volumes of a run ahead of it, and keep them in the cache.',
    load: async () => (await import('./commands/preprocess.js')).addPreprocess,
  },
  {
    name: 'masks',
    description: 'Draw what every mask strategy hides of a volume, in three planes.',
    load: async () => (await import('./commands/masks.js')).addMasks,
  },
  {
    name: 'pretrain',
    description: 'Pretrain an encoder on volumes; labels are not used.',
    load: async () => (await import('./commands/pretrain.js')).addPretrain,
  },
  {
    name: 'finetune',
    description:
      'Train a segmentation model, from scratch or from a pretrained encoder, and judge it.',
    load: async () => (await import('./commands/finetune.js')).addFinetune,
  },
  {
    name: 'train',
    description: 'Train what a config says: any task, those of plugins too.',
    load: async () => (await import('./commands/train.js')).addTrain,
  },
  {
    name: 'study',
    description:
      'Compare arms (scratch, pretrained, frozen, …) by number of labels, seed and budget, with intervals.',
    load: async () => (await import('./commands/study.js')).addStudy,
  },
  {
    name: 'resume',
    description: 'Go on with a run or study that was stopped or killed.',
    load: async () => (await import('./commands/resume.js')).addResume,
  },
  {
    name: 'predict',
    description: 'Segment volumes with a trained model; label maps are on the images’ own grids.',
    load: async () => (await import('./commands/predict.js')).addPredict,
  },
  {
    name: 'embed',
    description:
      'Write the features of volumes by a trained encoder, and what probes find in them.',
    load: async () => (await import('./commands/embed.js')).addEmbed,
  },
  {
    name: 'evaluate',
    description: 'Compare label maps, whatever tool made them, with the truth.',
    load: async () => (await import('./commands/evaluate.js')).addEvaluate,
  },
  {
    name: 'compare',
    description:
      'Compare fine-tuned runs, or evaluations of any tool, case by case: who is better, and in which class.',
    load: async () => (await import('./commands/compare.js')).addCompare,
  },
  {
    name: 'report',
    description: 'Write the HTML report of a run or study: curves, pictures, tables.',
    load: async () => (await import('./commands/report.js')).addReport,
  },
  {
    name: 'view',
    description:
      'Look at a run, volumes or two runs side by side, in the browser; segment a scan there.',
    load: async () => (await import('./commands/view.js')).addView,
  },
  {
    name: 'export',
    description: 'Write a trained model as an ONNX file, checked against the model itself.',
    load: async () => (await import('./commands/export.js')).addExport,
  },
  {
    name: 'package',
    description:
      'Pack a trained model into one file: ONNX, weights, labels, and a card of what it can do.',
    load: async () => (await import('./commands/package.js')).addPackage,
  },
  {
    name: 'push',
    description: 'Upload a model package and its card to a repository on a model hub.',
    load: async () => (await import('./commands/push.js')).addPush,
  },
  {
    name: 'pull',
    description:
      'Fetch a model package from a hub into the cache, checked; goes on where it stopped.',
    load: async () => (await import('./commands/pull.js')).addPull,
  },
  {
    name: 'schema',
    description: 'Print the JSON Schema of a run config, with every component, for editors.',
    load: async () => (await import('./commands/schema.js')).addSchema,
  },
  {
    name: 'backends',
    description: 'List TF.js backends: what is here, how fast it is, and how to get the rest.',
    load: async () => (await import('./commands/backends.js')).addBackends,
  },
];
