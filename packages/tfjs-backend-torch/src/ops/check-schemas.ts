import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { shortSchema } from '../abi/schema.js';
import { TorchBackendError, messageOf } from '../error.js';
import type { TorchInstallation } from '../locate/locate-torch.js';
import { schemas } from './schemas.js';

/**
 * Compares the operators that are called here with those of an installed PyTorch. A call with arguments of
 * another schema would read memory as what it is not. PyTorch's wheels carry the list as a text; where it
 * is missing, a Python is asked.
 *
 * @throws `TORCH_UNSUPPORTED`, naming the operators that differ
 */
export function checkSchemas(installation: TorchInstallation): void {
  const known = installedSchemas(installation);
  const wrong = Object.values(schemas).flatMap((schema) => {
    const name = schema.slice(0, schema.indexOf('('));
    const theirs = known.get(name);
    if (theirs === undefined) return [`${name} is gone`];
    return theirs === shortSchema(schema) ? [] : [`${name} is now ${theirs}`];
  });
  if (wrong.length === 0) return;
  throw new TorchBackendError(
    'TORCH_UNSUPPORTED',
    `PyTorch ${installation.version} in ${installation.folder} has other operators than this package calls: ${wrong.join('; ')}.`,
    'Update @voxmim/tfjs-backend-torch, or install PyTorch 2.13: pip install torch==2.13.0.',
  );
}

/** By name and overload, in the short form. */
function installedSchemas(installation: TorchInstallation): Map<string, string> {
  const lines = fromWheel(installation.folder) ?? fromPython(installation);
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('(')), shortSchema(line)]));
}

function fromWheel(folder: string): string[] | undefined {
  const file = join(dirname(folder), 'torchgen/packaged/ATen/native/native_functions.yaml');
  try {
    const text = readFileSync(file, 'utf8');
    return Array.from(text.matchAll(/^- func: (.*)$/gm), ([, schema = '']) => schema);
  } catch {
    return undefined;
  }
}

const PROGRAM = `
import sys, torch
for name in sys.argv[1:]:
    op, _, overload = name.partition(".")
    try:
        print("SCHEMA " + str(torch._C._get_schema("aten::" + op, overload)).removeprefix("aten::"))
    except RuntimeError:
        pass
`;

function fromPython({ python, folder, version }: TorchInstallation): string[] {
  const names = Object.values(schemas).map((schema) => schema.slice(0, schema.indexOf('(')));
  try {
    const printed = execFileSync(python ?? 'python3', ['-c', PROGRAM, ...names], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PYTHONPATH: dirname(folder) },
    });
    return Array.from(printed.matchAll(/^SCHEMA (.*)$/gm), ([, schema = '']) => schema);
  } catch (error) {
    throw new TorchBackendError(
      'TORCH_UNSUPPORTED',
      `The operators of PyTorch ${version} in ${folder} cannot be listed: ${messageOf(error)}.`,
      'Name a Python that can import this PyTorch with VOXMIM_TORCH.',
      { cause: error },
    );
  }
}
