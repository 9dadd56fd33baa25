import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';

import * as prettier from 'prettier';

import { workspaceRoot } from '../scripts/workspace.mts';
import type { Change } from './changes.mts';
import { named, type ComponentName } from './component-name.mts';
import { withExport, withPinned, withRegistered, withRow } from './edits.mts';
import type { Kind } from './kinds.mts';
import { Refusal } from './refusal.mts';

const registriesPath = join(workspaceRoot, 'packages/presets/src/registries.ts');

/**
 * What makes a new component: its files, and its line in the barrel, the pinned interface, the registries
 * and the README.
 *
 * @throws {@link Refusal} where the name is taken
 */
export async function changesFor(kind: Kind, name: ComponentName): Promise<Change[]> {
  const root = join(workspaceRoot, 'packages', kind.package);
  const files = newFiles(kind, name, root);
  refuseTaken(kind, name, root, files);
  const changes = [...files, ...editedFiles(kind, name, root)];
  return Promise.all(
    changes.map(async (change) => ({ ...change, after: await formatted(change) })),
  );
}

function newFiles(kind: Kind, name: ComponentName, root: string): Change[] {
  const templates = join(import.meta.dirname, 'templates', kind.name);
  return readdirSync(templates).map((file) => ({
    path: join(root, 'src', kind.folder(name), named(file, name)),
    before: undefined,
    after: named(readFileSync(join(templates, file), 'utf8'), name),
  }));
}

function editedFiles(kind: Kind, name: ComponentName, root: string): Change[] {
  const exported = kind.exports.map(({ file, names }) => ({
    path: `./${posix.join(kind.folder(name), named(file, name))}.js`,
    names: names.map((one) => named(one, name)),
  }));
  const registration = {
    definition: named(kind.definition, name),
    from: `@voxmim/${kind.package}`,
    kind: kind.name,
  };
  const row = `| \`${name.camel}\` | ${named(kind.row, name)}`;
  return [
    edited(join(root, 'src/index.ts'), (barrel) =>
      exported.reduce((text, { names, path }) => withExport(text, names, path), barrel),
    ),
    edited(join(root, 'src/index.test.ts'), (test) =>
      withPinned(
        test,
        exported.flatMap(({ names }) => names),
      ),
    ),
    edited(registriesPath, (registries) => withRegistered(registries, registration)),
    edited(join(root, 'README.md'), (readme) => withRow(readme, row, kind.neighbor)),
  ];
}

function edited(path: string, edit: (text: string) => string): Change {
  const before = readFileSync(path, 'utf8');
  return { path, before, after: edit(before) };
}

function refuseTaken(
  kind: Kind,
  name: ComponentName,
  root: string,
  files: readonly Change[],
): void {
  const there = files.find(({ path }) => existsSync(path));
  const words = new Set(
    [join(root, 'src/index.test.ts'), registriesPath].flatMap((path) =>
      readFileSync(path, 'utf8').split(/\W+/),
    ),
  );
  const names = kind.exports.flatMap((entry) => entry.names.map((one) => named(one, name)));
  const taken = names.find((one) => words.has(one));
  if (!there && taken === undefined) return;
  const what = there ? `${relative(workspaceRoot, there.path)} exists` : `there is a ${taken}`;
  throw new Refusal(`The name "${name.kebab}" is taken: ${what}. Choose another.`);
}

async function formatted({ path, after }: Change): Promise<string> {
  const options = await prettier.resolveConfig(path);
  return prettier.format(after, { ...options, filepath: path });
}
