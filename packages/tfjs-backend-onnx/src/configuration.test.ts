import { existsSync, readdirSync } from 'node:fs';

import * as tf from '@tensorflow/tfjs-core';
import { configuration, configure, listExecutionProviders, setThreads } from './index.js';

beforeAll(async () => {
  await tf.setBackend('onnx');
});

describe('errors', () => {
  it('refuse a configuration that cannot work', () => {
    expect(() => {
      setThreads(0);
    }).toThrow('INVALID_CONFIG');
  });

  it('name the execution providers there are', () => {
    const names = (executionProviders: string[]) => {
      configure({ executionProviders });
    };
    expect(() => names(['cudda'])).toThrow(
      /"cudda" is none\. Known .* are cpu, webgpu, cuda, .*INVALID_CONFIG/,
    );
    expect(() => names([])).toThrow('INVALID_CONFIG');
    // One of them is for Windows alone and one for macOS, so no build has both.
    expect(() => names(['dml', 'coreml'])).toThrow(
      /has no execution provider .*; it has cpu.*PROVIDER_UNAVAILABLE/,
    );
    expect(configuration().executionProviders).toEqual(['cpu']);
    expect(listExecutionProviders()).toContainEqual({ name: 'cpu', bundled: true });
  });

  const cuda = listExecutionProviders().find(({ name }) => name === 'cuda');
  (cuda ? it : it.skip)(
    'say what an execution provider needs whose libraries are missing',
    async () => {
      configure({ executionProviders: ['cuda', 'cpu'] });
      const x = tf.add(tf.tensor([1, 2, 3, 4, 5, 6, 7]), 1);
      try {
        const found = await x.data().catch((error: unknown) => String(error));
        // Where there is a card and its libraries, it computes.
        if (typeof found === 'string')
          expect(found).toMatch(/cuda cannot be used here: .* CUDA 12 .*PROVIDER_UNAVAILABLE/);
      } finally {
        configure({ executionProviders: ['cpu'] });
        x.dispose();
      }
    },
  );
});

const TASKS = '/proc/self/task'; // one entry per thread; Linux has it

(existsSync(TASKS) ? describe : describe.skip)('threads', () => {
  const { threads } = configuration();
  afterAll(() => setThreads(threads));

  /** How many threads graphs of `size` elements add, three of them. */
  async function added(size: number): Promise<number> {
    const before = readdirSync(TASKS).length;
    for (let at = 0; at < 3; at++) await tf.exp(tf.zeros([size + at])).data();
    return readdirSync(TASKS).length - before;
  }

  it('are for graphs large enough to use them', async () => {
    await tf.exp(tf.zeros([1])).data();
    setThreads(9);
    expect(await added(100)).toBe(0);
    expect(await added(100_000)).toBe(24);
  });
});
