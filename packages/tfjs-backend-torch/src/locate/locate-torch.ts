import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { TorchBackendError } from '../error.js';

/** A PyTorch on this machine. */
export interface TorchInstallation {
  /** The folder of the package: it has `lib/libtorch_cpu.so`. */
  readonly folder: string;
  /** Such as `2.13.0+cpu`. */
  readonly version: string;
  /** The CUDA it was built for, such as `13.0`; none in a wheel for processors. */
  readonly cuda: string | undefined;
  /** The Python that it was found through. */
  readonly python: string | undefined;
}

const OLDEST: readonly [number, number] = [2, 10];

/** Finds the folder without importing torch, which would take seconds. */
const PROGRAM = `
import importlib.util
spec = importlib.util.find_spec("torch")
print("TORCH " + spec.submodule_search_locations[0] if spec else "NONE")
`;

const INSTALL = 'pip install torch';

/**
 * Finds PyTorch: through what is named, else through the `python3` and `python` on the PATH. Imports nothing.
 *
 * @param named a Python, a virtual environment's folder, or the folder of the torch package; default: what
 *   the environment variable VOXMIM_TORCH says
 * @throws `TORCH_MISSING` where there is none, `TORCH_UNSUPPORTED` where it is too old or no Linux build
 */
export function locateTorch(
  named: string | undefined = process.env['VOXMIM_TORCH'],
): TorchInstallation {
  if (process.platform !== 'linux') {
    throw new TorchBackendError(
      'TORCH_UNSUPPORTED',
      `The torch backend loads PyTorch's Linux libraries, and this is ${process.platform}.`,
      'Use another backend here, such as @voxmim/tfjs-backend-onnx.',
    );
  }
  return checked(named ? fromName(named) : fromPath());
}

function fromName(named: string): TorchInstallation {
  if (hasLibraries(named)) return describe(named, undefined);
  const folder = statSync(named, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const python = folder ? join(named, 'bin/python') : named;
  const answer = ask(python);
  if (answer.folder !== undefined) return describe(answer.folder, python);
  throw new TorchBackendError(
    'TORCH_MISSING',
    `VOXMIM_TORCH is "${named}", and ${answer.reason}.`,
    `Name a Python that has PyTorch (${python} -m ${INSTALL}), its virtual environment, or the folder of its torch package.`,
  );
}

function fromPath(): TorchInstallation {
  const reasons: string[] = [];
  for (const python of ['python3', 'python']) {
    const answer = ask(python);
    if (answer.folder !== undefined) return describe(answer.folder, python);
    reasons.push(answer.reason);
  }
  throw new TorchBackendError(
    'TORCH_MISSING',
    `No PyTorch was found: ${reasons.join('; ')}.`,
    `Install it (python3 -m ${INSTALL}), or name a Python that has it: VOXMIM_TORCH=/path/to/python.`,
  );
}

interface Answer {
  readonly folder?: string;
  readonly reason: string;
}

function ask(python: string): Answer {
  try {
    const printed = execFileSync(python, ['-c', PROGRAM], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const folder = /^TORCH (.*)$/m.exec(printed)?.[1];
    if (folder === undefined) return { reason: `${python} has no torch` };
    if (hasLibraries(folder)) return { folder, reason: '' };
    return { reason: `the torch of ${python} in ${folder} has no lib/libtorch_cpu.so` };
  } catch {
    return { reason: `${python} is no Python that runs` };
  }
}

function hasLibraries(folder: string): boolean {
  return existsSync(join(folder, 'lib/libtorch_cpu.so'));
}

function describe(folder: string, python: string | undefined): TorchInstallation {
  const text = versionText(folder);
  return {
    folder,
    version: /^__version__ = '([^']+)'/m.exec(text)?.[1] ?? 'unknown',
    cuda: /^cuda: [^=]+= '([^']+)'/m.exec(text)?.[1],
    python,
  };
}

function versionText(folder: string): string {
  try {
    return readFileSync(join(folder, 'version.py'), 'utf8');
  } catch {
    return '';
  }
}

function checked(installation: TorchInstallation): TorchInstallation {
  const [major = 0, minor = 0] = installation.version.split('.').map(Number);
  const recent = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  if (recent) return installation;
  const python = installation.python ?? 'python3';
  throw new TorchBackendError(
    'TORCH_UNSUPPORTED',
    `PyTorch ${installation.version} in ${installation.folder} is older than ${OLDEST.join('.')}, whose C interface is needed.`,
    `Update it: ${python} -m pip install --upgrade torch.`,
  );
}
