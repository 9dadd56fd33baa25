import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isVoxmimError } from '@voxmim/core';

import { linkTensorflow, type LinkTensorflowOptions } from './link-tensorflow.js';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'voxmim-link-'));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

/** A program that is a shell script. */
function program(name: string, script: string): string {
  const path = join(home, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

const sound = {
  version: '2.99.0',
  include: '/no/include',
  library: '/no/library',
  libraries: ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'],
  cuda: false,
};
const python = (answer: object) => program('python', `echo 'VOXMIM${JSON.stringify(answer)}'`);
const packageFolder = 'node_modules/@tensorflow/tfjs-node';
/** Installs a package whose main module is `index`. */
const npm = (index: string) =>
  program(
    'npm',
    `mkdir -p ${packageFolder}/binding && touch ${packageFolder}/binding/a.cc
echo '{ "main": "index.js" }' > ${packageFolder}/package.json
cat > ${packageFolder}/index.js <<'END'\n${index}\nEND`,
  );
/** Writes the file that follows `-o`, which comes last. */
const compiler = () =>
  program('compiler', 'for last; do :; done; test "$1" = --version || touch "$last"');
/** As much of TF.js as the check uses, whose training ends at a weight. */
const trainsTo = (weight: number) => `
const make = () => ({ dataSync: () => [${weight}] });
module.exports = { variable: make, scalar: make, square: make, sub: make, mul: make,
  train: { sgd: () => ({ minimize: (loss) => loss() }) },
  backend: () => ({ binding: { TF_Version: '2.99.0' } }) };`;

async function failure(options: LinkTensorflowOptions): Promise<{ reason: string; text: string }> {
  const folder = join(home, 'linked');
  const error: unknown = await linkTensorflow({ folder, ...options }).catch(
    (thrown: unknown) => thrown,
  );
  if (!isVoxmimError(error, 'BACKEND_UNAVAILABLE')) throw error;
  return { reason: error.details.reason, text: error.message };
}

const built = () => readdirSync(join(home, 'linked', packageFolder, 'lib/napi-v8'));

// What the module says of other systems is one sentence; nothing of it runs there.
const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('linkTensorflow explains', () => {
  it('that there is no Python', async () => {
    const { reason, text } = await failure({ python: join(home, 'nowhere') });

    expect(reason).toMatch(/nowhere" is no Python that runs$/);
    expect(text).toContain('--python');
  });

  it('that there is a program, but no Python', async () => {
    const { text } = await failure({ python: program('python', 'echo what >&2; exit 3') });

    expect(text).toMatch(/is no Python that runs\.\nwhat\n/);
  });

  it('that it has no TensorFlow, or one that does not load', async () => {
    const absent = 'ImportError: libcuda.so.1';
    const { reason, text } = await failure({ python: python({ absent }) });

    expect(reason).toContain('has no TensorFlow that loads');
    expect(text).toContain(absent);
    expect(text).toContain('pip install tensorflow-cpu');
  });

  it('that this TensorFlow comes without the library to link', async () => {
    const { reason } = await failure({ python: python({ ...sound, libraries: [] }) });

    expect(reason).toBe('TensorFlow 2.99.0 in /no/library has no libtensorflow_cc.so.2');
  });

  it('that this TensorFlow has no CUDA', async () => {
    const { reason, text } = await failure({ python: python(sound), gpu: true });

    expect(reason).toBe('TensorFlow 2.99.0 was built without CUDA');
    expect(text).toContain("'tensorflow[and-cuda]'");
  });

  it('that there is no compiler', async () => {
    const { reason, text } = await failure({ python: python(sound), compiler: 'no-such-g++' });

    expect(reason).toBe('there is no C++ compiler "no-such-g++"');
    expect(text).toContain('apt-get install g++');
  });

  it('that npm could not fetch the package, with what npm says', async () => {
    const silent = program('npm', 'echo "npm error network" >&2; exit 1');
    const { text } = await failure({ python: python(sound), compiler: compiler(), npm: silent });

    expect(text).toContain('npm could not fetch @tensorflow/tfjs-node.\nnpm error network');
  });

  it('that the sources do not compile, and leaves no half of a binding', async () => {
    const picky = program(
      'picky',
      'test "$1" = --version && exit 0; echo "a.cc: error" >&2; exit 1',
    );
    const given = { python: python(sound), compiler: picky, npm: npm('') };
    const { text } = await failure(given);

    expect(text).toContain('could not compile it against TensorFlow 2.99.0.\na.cc: error');
    expect(built()).toEqual([]);
  });

  it('that what was built does not load, and removes it', async () => {
    const given = {
      python: python(sound),
      compiler: compiler(),
      npm: npm('throw new Error("abi")'),
    };
    const { reason, text } = await failure(given);

    expect(reason).toBe('what was built does not load or does not train');
    expect(text).toContain('abi');
    expect(built()).toEqual([]);
  });

  it('that what was built trains wrongly, and removes it', async () => {
    const given = { python: python(sound), compiler: compiler(), npm: npm(trainsTo(0.5)) };
    const { reason } = await failure(given);

    expect(reason).toBe('what was built trains wrongly: 0.5 instead of 0.36');
    expect(built()).toEqual([]);
  });
});

onLinux('linkTensorflow', () => {
  it('keeps a binding that trains, and says each step', async () => {
    const notes: string[] = [];
    const folder = join(home, 'linked');

    const linked = await linkTensorflow({
      ...{ python: python(sound), compiler: compiler(), npm: npm(trainsTo(0.36)), folder },
      note: (text) => notes.push(text),
    });

    expect(linked).toMatchObject({ backend: 'tfjs-node', tensorflow: '2.99.0' });
    expect(built()).toEqual(['tfjs_binding.node']);
    expect(notes).toHaveLength(4);
  });

  // Fetches from the registry and compiles, so only where somebody names a Python for it.
  const real = process.env['VOXMIM_TENSORFLOW_PYTHON'];
  (real ? it : it.skip)(
    'links the TensorFlow of VOXMIM_TENSORFLOW_PYTHON',
    async () => {
      const linked = await linkTensorflow({ python: real, folder: join(home, 'linked') });

      expect(linked.tensorflow).toMatch(/^2\./);
      expect(built()).toEqual(['tfjs_binding.node']);
    },
    600_000,
  );
});
