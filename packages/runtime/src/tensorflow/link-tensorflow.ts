import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { version_core } from '@tensorflow/tfjs-core';

import { linkFailure } from './link-failure.js';
import { linkedFolder, type TensorflowPackage } from './linked-package.js';
import { compilerFlags, findPythonTensorflow, type PythonTensorflow } from './python-tensorflow.js';
import { runProgram } from './run-program.js';
import { verifyBinding } from './verify-binding.js';

/** What {@link linkTensorflow} may be told. */
export interface LinkTensorflowOptions {
  /** The Python whose TensorFlow is used; default `python3`. */
  readonly python?: string | undefined;
  /** Links `tfjs-node-gpu`, which needs a TensorFlow built with CUDA; default false. */
  readonly gpu?: boolean | undefined;
  /** Default: the environment variable `CXX`, else `g++`. */
  readonly compiler?: string | undefined;
  /** Default: `npm`. */
  readonly npm?: string | undefined;
  /** Where the package is put; default: a folder of this project's own, which backends look in. */
  readonly folder?: string | undefined;
  /** Told before each step what it is. */
  readonly note?: ((text: string) => void) | undefined;
}

/** A binding that trained. */
export interface LinkedTensorflow {
  readonly backend: TensorflowPackage;
  /** Of the npm package. */
  readonly version: string;
  /** Of the library it is linked to. */
  readonly tensorflow: string;
  readonly binding: string;
}

/** The level of Node's ABI that the binding is compiled for; every Node since 18.12 has it. */
const NAPI_VERSION = 8;

/** Node's ABI as headers, from the registry: distributions of Node often come without them. */
const HEADERS = { 'node-api-headers': '^1.9.0' };

interface Work {
  readonly backend: TensorflowPackage;
  readonly python: string;
  readonly compiler: string;
  readonly npm: string;
  readonly folder: string;
  readonly note: (text: string) => void;
}

/**
 * Builds the native part of `@tensorflow/tfjs-node` (or `-gpu`) against the TensorFlow of a Python,
 * for machines that cannot download it, and for one newer than the 2.9 of 2022 that is offered.
 *
 * Takes the package from the npm registry without running its install script, compiles its C++
 * sources, and trains one step in a process of its own before the result counts. Takes about half a
 * minute, and 300 MB. Linux only. Move or upgrade that Python's TensorFlow, and it must be run again.
 *
 * @throws `BACKEND_UNAVAILABLE` that says which part is missing or failed, and how to get it
 */
export async function linkTensorflow(
  options: LinkTensorflowOptions = {},
): Promise<LinkedTensorflow> {
  const work = completed(options);
  const { backend, compiler, python, note } = work;
  if (process.platform !== 'linux') {
    const remedy = 'Use the backend "onnx", or npm install the package where it can download.';
    throw linkFailure(backend, `it is built on Linux only, not on ${process.platform}`, remedy);
  }
  note(`Looking for TensorFlow in ${python}`);
  const tensorflow = await findPythonTensorflow(python, backend);
  await requireCompiler(work);
  note(`Fetching @tensorflow/${backend} ${version_core} from the npm registry`);
  await fetchPackage(work);
  note(`Compiling with ${compiler} against TensorFlow ${tensorflow.version}`);
  const binding = await compile(work, tensorflow);
  note('Training one step with it');
  const loaded = await verifyBinding(work.folder, backend, binding);
  return { backend, version: version_core, tensorflow: loaded, binding };
}

function completed(options: LinkTensorflowOptions): Work {
  const backend = options.gpu ? 'tfjs-node-gpu' : 'tfjs-node';
  return {
    backend,
    python: options.python ?? 'python3',
    compiler: options.compiler ?? (process.env['CXX'] || 'g++'),
    npm: options.npm ?? 'npm',
    folder: options.folder ?? linkedFolder(backend),
    note: options.note ?? (() => undefined),
  };
}

async function requireCompiler({ compiler, backend }: Work): Promise<void> {
  const { exitCode, stderr } = await runProgram(compiler, ['--version'], '.');
  if (exitCode === 0) return;
  const remedy = 'Install g++ (for Debian: apt-get install g++), or name one in CXX.';
  throw linkFailure(backend, `there is no C++ compiler "${compiler}"`, remedy, stderr);
}

async function fetchPackage({ backend, folder, npm }: Work): Promise<void> {
  await mkdir(folder, { recursive: true });
  const dependencies = { [`@tensorflow/${backend}`]: version_core, ...HEADERS };
  const manifest = JSON.stringify({ private: true, dependencies }, null, 2);
  await writeFile(join(folder, 'package.json'), manifest);
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
  const { exitCode, stderr } = await runProgram(npm, args, folder);
  if (exitCode === 0) return;
  const remedy = 'Check that npm reaches its registry (npm ping).';
  throw linkFailure(backend, `npm could not fetch @tensorflow/${backend}`, remedy, stderr);
}

/** Compiles beside the place, and moves there what compiled. */
async function compile(work: Work, tensorflow: PythonTensorflow): Promise<string> {
  const { backend, folder, compiler } = work;
  const source = join(folder, 'node_modules/@tensorflow', backend, 'binding');
  const target = join(source, `../lib/napi-v${NAPI_VERSION}`);
  await mkdir(target, { recursive: true });
  const sources = (await readdir(source)).filter((name) => name.endsWith('.cc'));
  const draft = join(target, `draft-${process.pid}.node`);
  const { exitCode, stderr } = await runProgram(
    compiler,
    [
      ...['-std=c++17', '-O2', '-fPIC', '-shared', `-DNAPI_VERSION=${NAPI_VERSION}`],
      ...sources.map((name) => join(source, name)),
      `-I${join(folder, 'node_modules/node-api-headers/include')}`,
      ...compilerFlags(tensorflow),
      ...['-o', draft],
    ],
    folder,
  );
  if (exitCode !== 0) {
    await rm(draft, { force: true });
    const reason = `${compiler} could not compile it against TensorFlow ${tensorflow.version}`;
    const remedy =
      'Take a g++ of version 9 or newer, or another TensorFlow (2.21 is known to work).';
    throw linkFailure(backend, reason, remedy, stderr);
  }
  const binding = join(target, 'tfjs_binding.node');
  await rename(draft, binding);
  return binding;
}
