import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

import { type Candidate, NotInstalled } from './candidate.js';
import { cpuCandidate } from './portable-candidates.js';
import { tryCandidate } from './try-candidate.js';

const fake = (changes: Partial<Candidate>): Candidate => ({ ...cpuCandidate, ...changes });

/** Runs `body` while a kernel of the cpu backend adds one to the first number it computes. */
async function withWrongKernel(kernelName: string, body: () => Promise<void>): Promise<void> {
  const right = tf.getKernel(kernelName, 'cpu');
  tf.unregisterKernel(kernelName, 'cpu');
  tf.registerKernel({
    ...right,
    kernelFunc: (call) => {
      const output = right.kernelFunc(call);
      const [first] = Array.isArray(output) ? output : [output];
      const values = tf.backend().readSync(first!.dataId);
      if (values instanceof Float32Array) values[0]! += 1;
      return output;
    },
  });
  try {
    await body();
  } finally {
    tf.unregisterKernel(kernelName, 'cpu');
    tf.registerKernel(right);
  }
}

describe('tryCandidate', () => {
  it('tells what is missing from what is broken', async () => {
    const missing = fake({ load: () => Promise.reject(new NotInstalled('not here')) });
    const broken = fake({ load: () => Promise.reject(new Error('no such symbol')) });
    const silent = fake({ engine: 'unheard-of' });

    expect(await tryCandidate(missing)).toEqual({ state: 'missing', reason: 'not here' });
    expect(await tryCandidate(broken)).toEqual({ state: 'broken', reason: 'no such symbol' });
    expect(await tryCandidate(silent)).toMatchObject({ state: 'broken' });
  });

  it('refuses a backend whose products are wrong, with the numbers', async () => {
    await withWrongKernel('BatchMatMul', async () => {
      expect(await tryCandidate(cpuCandidate)).toEqual({
        state: 'broken',
        reason:
          'its self-check failed: a matrix product gives [59, 64, 139, 154], not [58, 64, 139, 154]',
      });
    });

    expect(await tryCandidate(cpuCandidate)).toMatchObject({ state: 'ready' });
  });

  it('refuses a backend whose convolution gradients are wrong', async () => {
    await withWrongKernel('Conv3DBackpropFilterV2', async () => {
      const trial = await tryCandidate(cpuCandidate);

      expect(trial.state === 'broken' && trial.reason).toContain(
        'gradient for its weight gives [53,',
      );
    });
  });

  it('leaves no tensors behind', async () => {
    await tryCandidate(cpuCandidate);
    const { numTensors } = tf.memory();

    await tryCandidate(cpuCandidate);

    expect(tf.memory().numTensors).toBe(numTensors);
  });
});
