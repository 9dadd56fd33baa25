import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import koffi from 'koffi';

import {
  configure,
  locateTorch,
  startTorchBackend,
  statistics,
  TorchBackendError,
} from './index.js';

const present = (() => {
  try {
    return locateTorch();
  } catch {
    return undefined;
  }
})();
/** Skipped, and reported so, where no Python has PyTorch. */
const describeWithTorch = present ? describe : describe.skip;

/** Starts the backend as the settings say. */
async function start(settings: Parameters<typeof configure>[0] = {}): Promise<void> {
  configure({ device: 'cpu', precision: 'float32', ...settings });
  startTorchBackend();
  await tf.setBackend('torch');
}

/** Numbers that repeat from run to run. */
function values(shape: number[], seed: number): tf.Tensor {
  return tf.randomUniform(shape, -1, 1, 'float32', seed);
}

/** A two-layer network in training. */
function smallTraining(optimizer: tf.Optimizer = tf.train.adam(0.01)): {
  step: () => tf.Scalar;
  dispose: () => void;
} {
  const first = tf.variable(values([4, 8], 1));
  const second = tf.variable(values([8, 1], 2));
  const x = values([16, 4], 3);
  const y = tf.sum(x, 1, true);
  const step = (): tf.Scalar =>
    optimizer.minimize(
      () =>
        tf.mean<tf.Scalar>(
          tf.squaredDifference(y, tf.matMul(tf.relu(tf.matMul(x, first)), second)),
        ),
      true,
      [first, second],
    )!;
  return { step, dispose: () => tf.dispose([first, second, x, y]) };
}

/** What malloc has given out: resident memory also follows the garbage that V8 has not collected yet. */
function bytesGivenOut(): number {
  const names = 'arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost';
  const Info = koffi.struct(Object.fromEntries(names.split(' ').map((name) => [name, 'size_t'])));
  const read: () => Readonly<Record<string, number>> = koffi
    .load('libc.so.6')
    .func('mallinfo2', Info, []);
  const { uordblks = 0, hblkhd = 0 } = read();
  return uordblks + hblkhd;
}

describeWithTorch('the torch backend', () => {
  beforeAll(() => start());

  it('computes synchronously and asynchronously', async () => {
    const x = tf.tensor([1, 2, 3]);
    const doubled = tf.mul(x, 2);
    expect(Array.from(doubled.dataSync())).toEqual([2, 4, 6]);
    expect(Array.from(await tf.add(doubled, 1).data())).toEqual([3, 5, 7]);
  });

  it('keeps integers, booleans and texts', async () => {
    const sum = tf.add(tf.tensor([1, 2], [2], 'int32'), tf.tensor([[1], [2]], [2, 1], 'int32'));
    expect(Array.from(await sum.data())).toEqual([2, 3, 3, 4]);
    expect(Array.from(await tf.greater(tf.tensor([1, 3]), 2).data())).toEqual([0, 1]);
    expect(await tf.tensor(['a', 'b']).data()).toEqual(['a', 'b']);
  });

  it('keeps what was uploaded when the caller changes the array afterwards', async () => {
    const array = new Float32Array([1, 2, 3]);
    const x = tf.tensor(array);
    array[0] = 100;
    expect(Array.from(await x.data())).toEqual([1, 2, 3]);
  });

  it('answers a mistake with the op and its shapes, and goes on', async () => {
    const wrong = () =>
      tf.engine().runKernel('BatchMatMul', { a: tf.ones([2, 3]), b: tf.ones([2, 3]) }, {});
    expect(wrong).toThrow(TorchBackendError);
    expect(wrong).toThrow(
      /BatchMatMul \(a \[2,3\], b \[2,3\]\): mm\(\[2,3\], \[2,3\]\): .*LIBTORCH_FAILED/,
    );
    expect(Array.from(await tf.add(1, 1).data())).toEqual([2]);
  });

  it('refuses complex numbers', () => {
    expect(() => tf.complex([1], [2])).toThrow(/UNSUPPORTED_DTYPE/);
  });

  it('says what holds memory when there is none left', () => {
    tf.tidy(() => {
      tf.zeros([256, 1024]);
      const attributes = { shape: [2 ** 20, 2 ** 24], value: 0, dtype: 'float32' };
      expect(() => tf.engine().runKernel('Fill', {}, attributes)).toThrow(
        /Fill .*allocate.*\[256,1024\] of 1\.0 MiB.*OUT_OF_MEMORY/,
      );
    });
  });

  it('frees what an erring kernel had made', () => {
    const before = statistics().liveTensors;
    tf.tidy(() => {
      const [a, b] = [tf.ones([2, 3]), tf.ones([2, 3])];
      expect(() =>
        tf.engine().runKernel('BatchMatMul', { a, b }, { transposeA: true, transposeB: true }),
      ).toThrow();
    });
    expect(statistics().liveTensors).toBe(before);
  });

  it('gives a reader the numbers of its moment, whatever a step changes in place meanwhile', async () => {
    const param = tf.variable(tf.ones([2]));
    const moments = [tf.zeros([2]), tf.zeros([2])];
    const numbers = {
      learningRate: 1,
      weightDecay: 0,
      beta1: 0.9,
      beta2: 0.99,
      epsilon: 1e-8,
      step: 1,
      gradientScale: 1,
    };
    const reading = param.data();
    const out = tf.engine().runKernel<tf.Tensor[]>(
      'VoxmimAdamWInPlace',
      {
        param0: param,
        grad0: tf.ones([2]),
        firstMoment0: moments[0]!,
        secondMoment0: moments[1]!,
      },
      { count: 1, ...numbers },
    );
    expect(Array.from(await reading)).toEqual([1, 1]);
    expect(out).toHaveLength(3);
    expect(Array.from(await param.data())).toEqual([1, 1]);
    expect((await out[0]!.data())[0]).toBeCloseTo(0, 5);
  });

  it('steps by elements, not by places in memory: gradients of convolutions are laid out otherwise', async () => {
    const shape: [number, number] = [3, 4];
    const gradient = tf.transpose(tf.tensor2d([...Array(12).keys()], [4, 3])); // a view
    const variables = [0, 1, 2].map(() => tf.tidy(() => tf.variable(tf.zeros(shape))));
    const [param, first, second] = variables;
    const numbers = {
      ...{ learningRate: 1, weightDecay: 0, beta1: 0.5, beta2: 0.5, epsilon: 1e-8 },
      ...{ step: 1, gradientScale: 1 },
    };
    const inputs = {
      param0: param!,
      grad0: gradient,
      firstMoment0: first!,
      secondMoment0: second!,
    };
    const out = tf.engine().runKernel('VoxmimAdamWInPlace', inputs, { count: 1, ...numbers });
    expect(out).toEqual([]);
    const expected = [...(await gradient.data())].map((value) => value / 2);
    expect([...(await first!.data())]).toEqual(expected);
  });

  it('keeps memory flat over 2,000 steps: tensors, handles, and what the C library has given out', async () => {
    const { step, dispose } = smallTraining(tf.train.sgd(0.01));
    const steps = async (count: number) => {
      for (let index = 0; index < count; index++) {
        const loss = step();
        await loss.data();
        loss.dispose();
      }
      return { tensors: tf.memory().numTensors, handles: statistics().liveTensors };
    };
    // Compiled code and caches come first.
    const before = { ...(await steps(500)), bytes: bytesGivenOut() };
    const after = { ...(await steps(2000)), bytes: bytesGivenOut() };
    expect(after).toMatchObject({ tensors: before.tensors, handles: before.handles });
    // V8 takes and returns some of it too; what a step forgot would come two thousand times.
    expect((after.bytes - before.bytes) / 2000).toBeLessThan(500);
    dispose();
  });

  it('learns', async () => {
    const { step, dispose } = smallTraining();
    const [first = NaN] = await step().data();
    let last = NaN;
    for (let index = 0; index < 100; index++) [last = NaN] = await step().data();
    expect(last).toBeLessThan(first / 10);
    dispose();
  });

  it('computes products in bfloat16 on request, and norms in float32', async () => {
    const [a, b] = [values([16, 32], 4), values([32, 8], 5)];
    const exact = await tf.matMul(a, b).data();
    const [hostA, hostB] = [await a.data(), await b.data()];
    await start({ precision: 'bf16' });
    const product = tf.matMul(tf.tensor(hostA, [16, 32]), tf.tensor(hostB, [32, 8]));
    const rounded = await product.data();
    const error = Math.max(...rounded.map((value, index) => Math.abs(value - (exact[index] ?? 0))));
    expect(error).toBeGreaterThan(1e-5);
    expect(error).toBeLessThan(0.05);
    const mean = tf.mean(tf.fill([10_000], 1.001));
    expect((await mean.data())[0]).toBeCloseTo(1.001, 5);
    await start();
  });

  it('refuses another thread of the process in words', async () => {
    const libc = koffi.load('libc.so.6');
    const setenv: (name: string, value: string, force: number) => number = libc.func(
      'int setenv(str a, str b, int c)',
    );
    const unsetenv: (name: string) => number = libc.func('int unsetenv(str a)');
    const { startTorch } = await import('./start-torch.js');
    setenv('TFJS_BACKEND_TORCH_THREAD', `${process.pid}:99`, 1);
    expect(() => startTorch({ device: 'cpu', precision: 'float32' })).toThrow(
      /thread 99 of this process.*WRONG_THREAD/,
    );
    unsetenv('TFJS_BACKEND_TORCH_THREAD');
  });

  it('refuses CUDA on a PyTorch without it', async () => {
    if (present?.cuda !== undefined) return;
    configure({ device: 'cuda' });
    expect(() => startTorchBackend()).toThrow(/built without CUDA.*DEVICE_UNAVAILABLE/);
    configure({ device: 'cpu' });
  });
});
