import { join } from 'node:path';

import * as z from 'zod';

import { linkFailure } from './link-failure.js';
import type { TensorflowPackage } from './linked-package.js';
import { runProgram } from './run-program.js';

/** A TensorFlow that a Python has: what the binding is compiled against and linked to. */
const PythonTensorflow = z.object({
  version: z.string(),
  /** Folder of its C headers. */
  include: z.string(),
  /** Folder of its shared libraries. */
  library: z.string(),
  /** Both shared libraries, where it has them. */
  libraries: z.array(z.string()),
  cuda: z.boolean(),
});
export type PythonTensorflow = z.infer<typeof PythonTensorflow>;

const ABSENT = z.object({ absent: z.string() });

/** Prints one line of JSON, whatever TensorFlow says beside it. */
const PROGRAM = `
import json, os
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
try:
    import tensorflow as tf
except Exception as error:
    print("VOXMIM" + json.dumps({"absent": f"{type(error).__name__}: {error}"}))
else:
    library = tf.sysconfig.get_lib()
    names = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"]
    print("VOXMIM" + json.dumps({
        "version": tf.__version__,
        "include": tf.sysconfig.get_include(),
        "library": library,
        "libraries": [name for name in names if os.path.exists(os.path.join(library, name))],
        "cuda": bool(tf.sysconfig.get_build_info().get("is_cuda_build", False)),
    }))
`;

/**
 * Asks a Python for its TensorFlow.
 *
 * @throws `BACKEND_UNAVAILABLE` without Python, without TensorFlow, with one that has no C++ library
 *   beside it, or, for the GPU package, with one built without CUDA
 */
export async function findPythonTensorflow(
  python: string,
  backend: TensorflowPackage,
): Promise<PythonTensorflow> {
  const fail = (reason: string, remedy: string, output?: string) =>
    linkFailure(backend, reason, remedy, output);
  const wheel = backend === 'tfjs-node-gpu' ? "'tensorflow[and-cuda]'" : 'tensorflow-cpu';
  const install = `Run \`${python} -m pip install ${wheel}\`.`;
  const { exitCode, stdout, stderr } = await runProgram(python, ['-c', PROGRAM], '.');
  const line = stdout.split('\n').find((text) => text.startsWith('VOXMIM'));
  if (exitCode !== 0 || line === undefined) {
    const remedy = 'Name a Python 3 that has TensorFlow with --python.';
    throw fail(`"${python}" is no Python that runs`, remedy, stderr);
  }
  const answer: unknown = JSON.parse(line.slice('VOXMIM'.length));
  const absent = ABSENT.safeParse(answer);
  if (absent.success) {
    throw fail(`"${python}" has no TensorFlow that loads`, install, absent.data.absent);
  }
  const found = PythonTensorflow.parse(answer);
  if (found.libraries.length < 2) {
    const reason = `TensorFlow ${found.version} in ${found.library} has no libtensorflow_cc.so.2`;
    throw fail(reason, `Take a recent TensorFlow from a Linux wheel. ${install}`);
  }
  if (backend === 'tfjs-node-gpu' && !found.cuda) {
    throw fail(`TensorFlow ${found.version} was built without CUDA`, install);
  }
  return found;
}

/** What a compiler needs to build against a TensorFlow and to find it again when it is loaded. */
export function compilerFlags({ include, library, libraries }: PythonTensorflow): string[] {
  return [`-I${include}`, ...libraries.map((name) => join(library, name)), `-Wl,-rpath,${library}`];
}
