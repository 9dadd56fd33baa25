import { createRequire } from 'node:module';
import util from 'node:util';

import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { type BackendDescription, type Candidate, NotInstalled } from '../candidate.js';
import type { EngineSettings } from '../engine-settings.js';
import { findPackage, hasBinding } from '../installed-package.js';
import { processor } from '../processor.js';
import { linkedFolder, originIn, type TensorflowPackage } from './linked-package.js';

/** libtensorflow, through one of the two packages that bind it. */
export function tensorflowCandidate(name: TensorflowPackage): Candidate {
  return {
    name,
    engine: 'tensorflow',
    howToGet:
      `\`voxmim backends link-tensorflow${name === 'tfjs-node-gpu' ? ' --gpu' : ''}\` builds it ` +
      'against the TensorFlow of a Python; or `npm install ' +
      `@tensorflow/${name}\` where storage.googleapis.com can be reached.`,
    devices: name === 'tfjs-node-gpu' ? ['cuda'] : ['cpu'],
    load: (settings) => Promise.resolve().then(() => load(name, settings)),
    describe: () => Promise.resolve(describe(name)),
  };
}

/** Looks for the native part first: a failing import leaves half of its kernels registered. */
function load(name: TensorflowPackage, { threads }: EngineSettings): void {
  const packageName = `@tensorflow/${name}`;
  const origin = origins(name).find((from) => {
    const found = findPackage(packageName, from);
    return found && hasBinding(found.folder);
  });
  if (origin === undefined) {
    const reason = findPackage(packageName, import.meta.url)
      ? `${packageName} is installed without its native part, whose download failed`
      : `${packageName} is not installed`;
    throw new NotInstalled(reason);
  }
  // tfjs-node 4.22 calls it; Node.js 23 has dropped it.
  if (!('isNullOrUndefined' in util)) {
    Object.assign(util, { isNullOrUndefined: (value: unknown) => value == null });
  }
  // Its start-up notices are not for the users of a command line; set before to see them.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  if (threads !== undefined && !isLoaded()) {
    for (const variable of THREAD_VARIABLES) process.env[variable] = String(threads);
  }
  // CommonJS, and a name in a variable: neither compilers nor bundlers may need an optional package.
  createRequire(origin)(packageName);
}

/** TensorFlow reads them once: threads inside an operation, and of operations beside each other. */
const THREAD_VARIABLES = ['TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS'] as const;

function isLoaded(): boolean {
  return typeof tf.findBackendFactory('tensorflow') === 'function';
}

/** One that was linked here comes before one that npm installed: somebody asked for it. */
function origins(name: TensorflowPackage): string[] {
  return [originIn(linkedFolder(name)), import.meta.url];
}

const NativeBackend = z.object({
  isGPUPackage: z.boolean().optional(),
  binding: z.object({ TF_Version: z.string().optional() }).optional(),
});

function describe(name: TensorflowPackage): BackendDescription {
  const native = NativeBackend.safeParse(tf.backend()).data;
  const found = origins(name).map((from) => findPackage(`@tensorflow/${name}`, from));
  const version = found.find((installed) => installed !== undefined)?.version ?? 'unknown';
  const library = native?.binding?.TF_Version;
  return {
    version: library ? `${version}, TensorFlow ${library}` : version,
    device: native?.isGPUPackage
      ? 'GPU'
      : processor(Number(process.env[THREAD_VARIABLES[0]]) || undefined),
  };
}
