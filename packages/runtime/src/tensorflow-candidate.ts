import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';

import { type BackendDescription, type Candidate, NotInstalled } from './candidate.js';
import { findPackage, hasBinding } from './installed-package.js';
import { processor } from './processor.js';

/** libtensorflow, through one of the two packages that bind it. */
export function tensorflowCandidate(name: 'tfjs-node-gpu' | 'tfjs-node'): Candidate {
  const packageName = `@tensorflow/${name}`;
  return {
    name,
    engine: 'tensorflow',
    howToGet: `\`npm install ${packageName}\` where storage.googleapis.com can be reached.`,
    load: () => load(packageName),
    describe: () => Promise.resolve(describe(packageName)),
  };
}

/** Looks for the native part first: a failing import leaves half of its kernels registered. */
async function load(packageName: string): Promise<void> {
  const found = findPackage(packageName, import.meta.url);
  if (!found) throw new NotInstalled(`${packageName} is not installed`);
  if (!hasBinding(found.folder)) {
    throw new NotInstalled(
      `${packageName} is installed without its native part, whose download failed`,
    );
  }
  // A name in a variable: neither compilers nor bundlers may need an optional package.
  await import(packageName);
}

const NativeBackend = z.object({
  isGPUPackage: z.boolean().optional(),
  binding: z.object({ TF_Version: z.string().optional() }).optional(),
});

function describe(packageName: string): BackendDescription {
  const native = NativeBackend.safeParse(tf.backend()).data;
  const version = findPackage(packageName, import.meta.url)?.version ?? 'unknown';
  const library = native?.binding?.TF_Version;
  return {
    version: library ? `${version}, TensorFlow ${library}` : version,
    device: native?.isGPUPackage ? 'GPU' : processor(),
  };
}
