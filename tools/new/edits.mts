import { Refusal } from './refusal.mts';

const STATEMENT = /^export (?:type )?\{[^}]*\} from '(?<path>[^']+)';$/gm;

/** Adds an export to a barrel, in the order of paths. */
export function withExport(barrel: string, names: readonly string[], path: string): string {
  const statement = `export { ${names.join(', ')} } from '${path}';\n`;
  const after = [...barrel.matchAll(STATEMENT)].find(
    ({ groups }) => (groups?.['path'] ?? '') > path,
  );
  const at = after?.index ?? barrel.length;
  return barrel.slice(0, at) + statement + barrel.slice(at);
}

/** Adds names to the inline snapshot that pins a public interface. */
export function withPinned(test: string, names: readonly string[]): string {
  const list = /(?<=^ {3}\[\n)(?: {5}"\w+",\n)+/m;
  const pinned = found(list.exec(test), 'index.test.ts pins no list of names')[0];
  const lines = [...pinned.trimEnd().split('\n'), ...names.map((name) => `     "${name}",`)];
  return test.replace(list, () => `${lines.sort().join('\n')}\n`);
}

/** Registers a definition of a package as a built-in component of a kind. */
export function withRegistered(
  registries: string,
  { definition, from, kind }: { readonly definition: string; from: string; kind: string },
): string {
  const imports = new RegExp(`(?<=import \\{)[^}]*(?=\\} from '${from}';)`);
  const chain = new RegExp(`new Registry<[^>]*>\\('${kind}'\\)(?:\\s*\\.register\\(\\w+\\))*`);
  const imported = found(imports.exec(registries), `registries.ts imports nothing from ${from}`);
  found(chain.exec(registries), `registries.ts has no registry of the kind ${kind}`);
  const names = imported[0]
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const sorted = [...names, definition].sort().join(', ');
  return registries
    .replace(imports, () => ` ${sorted} `)
    .replace(chain, (calls) => `${calls}.register(${definition})`);
}

/** Adds a row to a table of a README, after the row of a component. */
export function withRow(readme: string, row: string, neighbor: string): string {
  const anchor = new RegExp(`^\\|.*\`${neighbor}\`.*\\|\\n`, 'm');
  found(anchor.exec(readme), `README.md has no table with a row of \`${neighbor}\``);
  return readme.replace(anchor, (line) => `${line}${row}\n`);
}

function found<Match>(match: Match | null, problem: string): Match {
  if (match !== null) return match;
  throw new Refusal(`${problem}: the generator and what it edits have come apart.`);
}
