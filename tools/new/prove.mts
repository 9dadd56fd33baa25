/**
 * Proves the generator: makes one component of each kind in a copy of the repository, passes it through
 * build, types, lint, format and tests, and trains with all four by the command line.
 *
 *   npx tsx tools/new/prove.mts
 */
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { workspaceRoot } from '../scripts/workspace.mts';
import { describeFailure, run } from '../smoke/packed-packages.mts';

const packages = ['encoders', 'objectives', 'masking', 'segmentation'];
/** A name of two words each, as these are spelled in most ways. */
const components = [
  ['encoder', 'trial-net'],
  ['objective', 'trial-task'],
  ['mask', 'trial-cover'],
  ['head', 'trial-top'],
] as const;

const data = `data:
  path: data
  preprocessing: { spacing: [12, 12, 12] }
  split: { validation: 1, test: 1 }
  workers: 0
crop: [16, 16, 24]
encoder: { name: trialNet, patchSize: [2, 2, 2] }
steps: 2
batchSize: 2
tensorBoard: false
`;
const runs = {
  'pretrain.yaml': `${data}objective: { name: trialTask }\nmasking: { name: trialCover }\n`,
  'finetune.yaml': `${data}head: { name: trialTop }\ninference: { overlap: 0 }\n`,
};

const root = mkdtempSync(join(tmpdir(), 'voxmim-new-'));

/** What git would commit, what is built of it, and the installed packages. */
function copyRepository(): void {
  const listed = run('git', ['ls-files', '-co', '--exclude-standard', '-z'], workspaceRoot);
  for (const path of listed.split('\0').filter(Boolean)) copy(path);
  for (const name of readdirSync(join(workspaceRoot, 'packages'))) copy(`packages/${name}/dist`);
  linkModules();
}

function copy(path: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  const options = { recursive: true, preserveTimestamps: true };
  cpSync(join(workspaceRoot, path), join(root, path), options);
}

/** Links every installed package, and ours to their copies. */
function linkModules(): void {
  const [from, to] = [join(workspaceRoot, 'node_modules'), join(root, 'node_modules')];
  mkdirSync(join(to, '@voxmim'), { recursive: true });
  for (const name of readdirSync(from).filter((entry) => entry !== '@voxmim')) {
    symlinkSync(join(from, name), join(to, name));
  }
  for (const name of readdirSync(join(root, 'packages'))) {
    symlinkSync(join(root, 'packages', name), join(to, '@voxmim', name));
    const own = join('packages', name, 'node_modules');
    if (existsSync(join(workspaceRoot, own)))
      symlinkSync(join(workspaceRoot, own), join(root, own));
  }
}

/** Runs a program of the installed packages in the copy. */
function bin(program: string, ...args: string[]): string {
  return run(join(root, 'node_modules/.bin', program), args, root);
}

function step(title: string, work: () => unknown): void {
  const start = performance.now();
  work();
  console.log(`${title} (${((performance.now() - start) / 1000).toFixed(0)} s)`);
}

try {
  step('Copied.', copyRepository);
  step('A dry run writes nothing.', () => {
    const before = stateOf('packages');
    bin('tsx', 'tools/new/new.mts', 'encoder', 'trial-net', '--dry-run');
    if (stateOf('packages') !== before) throw new Error('A dry run changed files.');
  });
  const touched: string[] = [];
  step('Made one of each kind.', () => {
    for (const [kind, name] of components) {
      const told = bin('tsx', 'tools/new/new.mts', kind, name);
      touched.push(...[...told.matchAll(/^(?:new |edit) {2}(.+)$/gm)].map(([, path = '']) => path));
    }
  });
  const sources = touched.filter((path) => path.endsWith('.ts'));
  step('They build.', () => bin('tsc', '-b'));
  step('Their tests have sound types.', () => {
    for (const name of packages)
      bin('tsc', '--noEmit', '-p', `packages/${name}/tsconfig.spec.json`);
  });
  step('They pass lint.', () => bin('eslint', ...sources));
  step('They are formatted.', () => bin('prettier', '--check', ...touched));
  step('They pass their tests.', () => {
    for (const name of packages)
      bin('jest', '-c', `packages/${name}/jest.config.cjs`, 'trial-|index');
  });
  step('A YAML may name them.', () => {
    for (const [file, text] of Object.entries(runs)) writeFileSync(join(root, file), text);
    const voxmim = (...args: string[]) =>
      run('node', [join(root, 'packages/cli/bin/voxmim.js'), ...args], root);
    voxmim('phantom', 'data', '--count', '4');
    voxmim('pretrain', 'pretrain.yaml', '--out', 'pretrained');
    const from = ['--set', 'from.checkpoint=pretrained'];
    voxmim('finetune', 'finetune.yaml', ...from, '--out', 'finetuned');
  });
  console.log('The generator makes what works.');
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
} finally {
  rmSync(root, { recursive: true, force: true });
}

/** Every file of a folder with its time of modification. */
function stateOf(folder: string): string {
  const entries = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  const times = entries.map((path) => `${path} ${lstatSync(join(root, folder, path)).mtimeMs}`);
  return times.sort().join('\n');
}
