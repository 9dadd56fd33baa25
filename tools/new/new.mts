/**
 * Makes a component inside this repository: config, implementation, test, registration.
 *
 *   npm run new -- encoder large-kernel
 */
import { relative } from 'node:path';
import { parseArgs } from 'node:util';

import { workspaceRoot } from '../scripts/workspace.mts';
import { applyChanges } from './changes.mts';
import { componentName } from './component-name.mts';
import { changesFor } from './generate.mts';
import { kinds } from './kinds.mts';
import { Refusal } from './refusal.mts';

const known = kinds.map(({ name }) => name).join('|');

const help = `Usage: npm run new -- <${known}> <name> [--dry-run]

Makes a component that trains at once, for you to edit: its config's schema, its implementation, and
a test that runs the conformance kit of @voxmim/testing. Exports and registers it, so that a run's
YAML can name it, and adds it to the README of its package. All of that is written, or nothing.

  <name>      in kebab-case, such as large-kernel; a YAML calls it largeKernel
  --dry-run   says what would be written, and writes nothing
  --help      shows this

A component of a package of your own needs no file here: see examples/acme-backbone.`;

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  if (values.help) {
    console.log(help);
    return;
  }
  const [kindName, text, ...rest] = positionals;
  const kind = kinds.find(({ name }) => name === kindName);
  if (!kind || text === undefined || rest.length > 0) {
    throw new Refusal(`Give one of ${known} and one name.\n\n${help}`);
  }
  const name = componentName(text);
  const changes = await changesFor(kind, name);
  if (!values['dry-run']) applyChanges(changes);
  for (const { path, before } of changes) {
    console.log(`${before === undefined ? 'new ' : 'edit'}  ${relative(workspaceRoot, path)}`);
  }
  console.log(
    values['dry-run']
      ? 'Nothing was written.'
      : `Build it with npm run build, test it with npx nx test @voxmim/${kind.package}, and use it in a ` +
          `YAML as\n\n  ${kind.field}: { name: ${name.camel} }`,
  );
}

function readArguments() {
  const options = {
    'dry-run': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
