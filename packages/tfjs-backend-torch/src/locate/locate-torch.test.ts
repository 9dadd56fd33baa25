import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { locateTorch } from './locate-torch.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'locate-torch-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A folder that looks like the torch package. */
function fakeTorch(version: string, cuda = 'None'): string {
  const torch = join(folder, 'torch');
  mkdirSync(join(torch, 'lib'), { recursive: true });
  writeFileSync(join(torch, 'lib/libtorch_cpu.so'), '');
  writeFileSync(
    join(torch, 'version.py'),
    `__version__ = '${version}'\ndebug = False\ncuda: Optional[str] = ${cuda}\n`,
  );
  return torch;
}

/** A program that answers as a Python would. */
function fakePython(answer: string): string {
  const path = join(folder, 'bin/python');
  mkdirSync(join(folder, 'bin'));
  writeFileSync(path, `#!/bin/sh\necho "${answer}"\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('locateTorch', () => {
  it('takes a torch folder, a Python and a virtual environment', () => {
    const torch = fakeTorch('2.13.0+cpu');
    const python = fakePython(`TORCH ${torch}`);
    const found = { folder: torch, version: '2.13.0+cpu', cuda: undefined };
    expect(locateTorch(torch)).toEqual({ ...found, python: undefined });
    expect(locateTorch(python)).toEqual({ ...found, python });
    expect(locateTorch(folder)).toEqual({ ...found, python });
  });

  it('says which CUDA it was built for', () => {
    expect(locateTorch(fakeTorch('2.11.1+cu130', "'13.0'")).cuda).toBe('13.0');
  });

  it('refuses a PyTorch that is too old, naming the command', () => {
    expect(() => locateTorch(fakeTorch('2.9.1'))).toThrow(
      /2\.9\.1 .* older than 2\.10.*pip install --upgrade torch.*TORCH_UNSUPPORTED/,
    );
  });

  it('refuses a Python without torch, and what is no Python, naming the command', () => {
    expect(() => locateTorch(fakePython('NONE'))).toThrow(
      /has no torch.*-m pip install torch.*TORCH_MISSING/,
    );
    expect(() => locateTorch(join(folder, 'nothing'))).toThrow(
      /is no Python that runs.*TORCH_MISSING/,
    );
  });

  it('refuses a torch without its libraries', () => {
    const python = fakePython(`TORCH ${folder}`);
    expect(() => locateTorch(python)).toThrow(/has no lib\/libtorch_cpu\.so/);
  });
});
