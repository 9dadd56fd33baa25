/** Holds every published package to the conventions of CONTRIBUTING.md. */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { publicPackages, workspaceRoot, type WorkspacePackage } from './workspace.mts';

const layers =
  /^layer:(contract|foundation|component|composition|presets|runs|app|backend|testing)$/;

function problemsOf({ folder, manifest }: WorkspacePackage): string[] {
  const directory = relative(workspaceRoot, folder);
  const tags = manifest.nx?.tags ?? [];
  const expectations: [boolean, string][] = [
    [manifest.description.endsWith('.'), 'description is one sentence'],
    [manifest.license === 'Apache-2.0', 'license is Apache-2.0'],
    [manifest.type === 'module', 'type is "module"'],
    [manifest.engines['node'] === '>=20.19', 'engines.node is ">=20.19"'],
    [manifest.repository?.directory === directory, `repository.directory is "${directory}"`],
    [manifest.sideEffects !== true, 'sideEffects is false or a list of files'],
    [manifest.files.includes('dist') && manifest.files.includes('src'), 'files has dist and src'],
    [tags.filter((tag) => layers.test(tag)).length === 1, 'nx.tags has exactly one layer'],
    [tags.includes('env:universal') !== tags.includes('env:node'), 'nx.tags has one env'],
    [manifest.homepage.includes(directory), 'homepage is the folder of the package'],
    [manifest.bugs !== '' && manifest.author !== '', 'bugs and author are given'],
    [manifest.files.includes('CHANGELOG.md'), 'files has CHANGELOG.md'],
    [existsSync(join(folder, 'CHANGELOG.md')), 'CHANGELOG.md exists'],
    [existsSync(join(folder, 'README.md')), 'README.md exists'],
    [existsSync(join(folder, 'src/index.test.ts')), 'src/index.test.ts pins the public API'],
    [!('@tensorflow/tfjs' in manifest.dependencies), 'the tfjs union is no dependency'],
    [!('@tensorflow/tfjs-core' in manifest.dependencies), 'tfjs-core is a peer'],
    [!('zod' in manifest.dependencies), 'zod is a peer'],
  ];
  const broken = expectations.filter(([holds]) => !holds).map(([, rule]) => rule);
  return [...broken, ...missingReadme(folder, manifest.name)];
}

function missingReadme(folder: string, name: string): string[] {
  const readme = join(folder, 'README.md');
  if (!existsSync(readme)) return [];
  return readFileSync(readme, 'utf8').includes(name) ? [] : [`README.md names ${name}`];
}

const findings = publicPackages().flatMap((entry) =>
  problemsOf(entry).map((problem) => `${entry.manifest.name}: expected that ${problem}`),
);
findings.forEach((finding) => console.error(finding));
if (findings.length > 0) process.exitCode = 1;
else console.log('Every package keeps the conventions.');
