/**
 * Uses voxmim as the author of a plugin does: copies examples/acme-backbone into an empty folder, installs
 * it from packed tarballs, builds and tests it, pretrains its backbone with SimMIM and SimCLR and
 * fine-tunes it under UPerNet, all by the command line. Then the same of examples/acme-flip, which brings a task.
 *
 *   npm run example
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { workspaceRoot } from '../scripts/workspace.mts';
import { describeFailure, PackedPackages, run } from './packed-packages.mts';

/** Installs and builds an example, and gives its folder. */
function installed(packed: PackedPackages, name: string): string {
  const place = join(root, name);
  cpSync(join(workspaceRoot, 'examples', name), place, {
    recursive: true,
    filter: (path) => !/(node_modules|dist|package-lock\.json)$/.test(path),
  });
  packed.installProject(place);
  run('npm', ['run', 'build'], place);
  return place;
}

/** Trains, resumes and exports the task of acme-flip by the command line. */
function trainTask(packed: PackedPackages): void {
  const place = installed(packed, 'acme-flip');
  const voxmim = (...args: string[]) => run('npx', ['voxmim', ...args], place);
  voxmim('phantom', 'data', '--count', '8');
  voxmim('train', 'runs/flip.yaml', '--out', 'out/flip', '--allow-plugin', 'acme-flip');
  // Consent is remembered for a run that was made here.
  voxmim('resume', 'out/flip', '--set', 'steps=12');
  console.log(voxmim('export', 'out/flip', 'flip.onnx').trimEnd());
}

const root = mkdtempSync(join(tmpdir(), 'voxmim-example-'));
const folder = join(root, 'acme-backbone');

/** Runs a step, says that it worked, and shows the last lines of what it printed. */
function step(title: string, command: string, args: readonly string[], lines: number): void {
  const text = run(command, args, folder).trimEnd().split('\n').slice(-lines).join('\n');
  console.log(`${title}\n${text.replace(/^/gm, '  ')}`);
}

try {
  const packed = new PackedPackages(root);
  installed(packed, 'acme-backbone');
  step('It passes the conformance kit.', 'npm', ['test'], 8);
  const voxmim = (...args: string[]) => ['voxmim', ...args];
  const allowed = ['--allow-plugin', 'acme-backbone'];
  step('Data.', 'npx', voxmim('phantom', 'data', '--count', '8'), 1);
  for (const objective of ['simmim', 'simclr']) {
    const out = join('out', objective);
    const args = voxmim('pretrain', `runs/${objective}.yaml`, '--out', out, ...allowed);
    step(`Pretrained with ${objective}.`, 'npx', args, 1);
  }
  const from = ['--set', 'from.checkpoint=out/simmim', '--out', 'out/upernet'];
  const args = voxmim('finetune', 'runs/upernet.yaml', ...from, ...allowed);
  step('Fine-tuned under UPerNet.', 'npx', args, 14);
  console.log('A backbone of a third party works from packed tarballs.');
  trainTask(packed);
  console.log('A task of a third party works from packed tarballs.');
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
} finally {
  rmSync(root, { recursive: true, force: true });
}
