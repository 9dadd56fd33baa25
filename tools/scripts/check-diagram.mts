/** Holds the diagram of docs/architecture.md to the layers that the packages are tagged with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { publicPackages, workspaceRoot } from './workspace.mts';

const heading = '## Packages and who may use whom';
const path = join(workspaceRoot, 'docs/architecture.md');

/** Package names of each layer, as the fenced block under the heading draws them. */
function drawnLayers(text: string): Map<string, string> {
  const [, section] = text.split(heading);
  const [, diagram] = section?.split('```') ?? [];
  if (diagram === undefined) throw new Error(`${path}: no diagram under "${heading}".`);
  const names = new Set(publicPackages().map(({ manifest }) => shortName(manifest.name)));
  return new Map(
    diagram
      .trim()
      .split('\n')
      .flatMap((line) => {
        const [layer = '', ...words] = line.split(/[\s◄►]+/);
        return words
          .filter((word) => names.has(word))
          .map((word): [string, string] => [word, layer]);
      }),
  );
}

function shortName(name: string): string {
  return name.replace('@voxmim/', '');
}

const drawn = drawnLayers(readFileSync(path, 'utf8'));
const findings = publicPackages().flatMap(({ manifest }) => {
  const tag = manifest.nx?.tags.find((candidate) => candidate.startsWith('layer:'));
  const name = shortName(manifest.name);
  const row = drawn.get(name);
  if (row === undefined) return [`docs/architecture.md: the diagram lacks ${name}.`];
  return `layer:${row}` === tag
    ? []
    : [`docs/architecture.md: the diagram has ${name} in "${row}", its package.json says ${tag}.`];
});
findings.forEach((finding) => console.error(finding));
if (findings.length > 0) process.exitCode = 1;
else console.log('The diagram shows every package in its layer.');
