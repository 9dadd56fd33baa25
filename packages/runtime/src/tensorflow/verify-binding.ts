import { rm } from 'node:fs/promises';

import * as z from 'zod';

import { linkFailure } from './link-failure.js';
import type { TensorflowPackage } from './linked-package.js';
import { runProgram } from './run-program.js';

/** Loss (3w − 6)² at w = 0 has the gradient −36; gradient descent at 0.01 takes w to 0.36. */
const PROGRAM = `
process.on('uncaughtException', ({ message }) => { console.error(message); process.exit(1); });
const tf = require('@tensorflow/PACKAGE');
const w = tf.variable(tf.scalar(0));
const loss = () => tf.square(tf.sub(tf.mul(w, 3), 6));
tf.train.sgd(0.01).minimize(loss);
const answer = { weight: w.dataSync()[0], tensorflow: tf.backend().binding.TF_Version };
console.log('VOXMIM' + JSON.stringify(answer));
`;

const Answer = z.object({ weight: z.number(), tensorflow: z.string() });

/**
 * Trains one step with a binding in a process of its own, which a broken one may take down.
 *
 * @returns the version of TensorFlow that it loads
 * @throws `BACKEND_UNAVAILABLE`; the binding is then removed
 */
export async function verifyBinding(
  folder: string,
  backend: TensorflowPackage,
  binding: string,
): Promise<string> {
  const program = PROGRAM.replace('PACKAGE', backend);
  const { exitCode, stdout, stderr } = await runProgram(process.execPath, ['-e', program], folder);
  const line = stdout.split('\n').find((text) => text.startsWith('VOXMIM'));
  const answer = line ? Answer.safeParse(JSON.parse(line.slice('VOXMIM'.length))).data : undefined;
  if (exitCode === 0 && answer && Math.abs(answer.weight - 0.36) < 1e-5) return answer.tensorflow;
  await rm(binding, { force: true });
  const reason = answer
    ? `what was built trains wrongly: ${answer.weight} instead of 0.36`
    : 'what was built does not load or does not train';
  throw linkFailure(backend, reason, 'Try another TensorFlow (2.21 is known to work).', stderr);
}
