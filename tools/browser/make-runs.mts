import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { workspaceRoot } from '../scripts/workspace.mts';

/** What the browser is tried on. */
export interface Runs {
  readonly root: string;
  /** Two fine-tunings and a pretraining of a few steps. */
  readonly first: string;
  readonly second: string;
  readonly masked: string;
  /** NIfTI files and folders of DICOM files to segment. */
  readonly scans: readonly string[];
}

const SMALL = [
  'data.preprocessing.spacing=[6,6,6]',
  'crop=[16,16,16]',
  'encoder.name=vit',
  'encoder.patchSize=[4,4,4]',
  'encoder.embedDim=24',
  'encoder.depth=2',
  'encoder.numHeads=2',
  'batchSize=2',
  'data.split.test=2',
  'data.split.validation=1',
];

/** Runs the command line of this clone. */
export function voxmim(...words: readonly string[]): void {
  const program = join(workspaceRoot, 'packages/cli/bin/voxmim.js');
  execFileSync(process.execPath, [program, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Trains small models on phantoms; the DICOM series of `VOXMIM_DATA` is segmented too, where it is. */
export function makeRuns(root: string): Runs {
  const data = join(root, 'data');
  voxmim('phantom', data, '--count', '8', '--seed', '3');
  const run = (task: 'finetune' | 'pretrain', name: string, ...more: readonly string[]): string => {
    const config = join(root, `${name}.yaml`);
    writeFileSync(config, `task: ${task}\ndata: { path: ${JSON.stringify(data)} }\n`);
    const out = join(root, 'runs', name);
    const settings = [...SMALL, ...more].flatMap((setting) => ['--set', setting]);
    voxmim(task, config, '--out', out, ...settings);
    return out;
  };
  const head = [
    'head.name=light',
    'steps=200',
    'optimizer.learningRate=5e-3',
    'inference.overlap=0.5',
  ];
  const [image = ''] = readdirSync(join(data, 'imagesTr'));
  return {
    root,
    first: run('finetune', 'first', ...head),
    second: run('finetune', 'second', ...head, 'steps=5'),
    masked: run(
      'pretrain',
      'masked',
      'steps=20',
      'objective.decoderEmbedDim=16',
      'objective.decoderNumHeads=2',
      'objective.decoderDepth=1',
    ),
    scans: [join(data, 'imagesTr', image), ...dicom()],
  };
}

function dicom(): string[] {
  const root = process.env['VOXMIM_DATA'] ?? join(workspaceRoot, '../shared/data');
  const folder = join(root, 'ct/example_ct_dicom');
  if (existsSync(folder)) return [folder];
  console.log('skipped: a DICOM series in the browser; there is none at VOXMIM_DATA');
  return [];
}
