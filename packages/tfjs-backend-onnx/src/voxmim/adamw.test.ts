import * as tf from '@tensorflow/tfjs-core';
import { statistics } from '../index.js';

const BETA1 = 0.9;
const BETA2 = 0.99;
const HYPER = [0.02, 1.5, 0.97, 0.5, 1e-3] as const;
/** More than one block of the device's loop, and no multiple of its vectors. */
const SIZES = [1, 7, 16_384, 40_003];

type Triple = [Float32Array, Float32Array, Float32Array];

function numbers(size: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: size }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  });
}

/** One step by the formula, in double precision. */
function expectedStep([param, first, second]: Triple, gradient: Float32Array): Triple {
  const [rate, root, decay, scale, epsilon] = HYPER;
  const m = first.map((value, index) => BETA1 * value + (1 - BETA1) * scale * gradient[index]!);
  const v = second.map(
    (value, index) => BETA2 * value + (1 - BETA2) * (scale * gradient[index]!) ** 2,
  );
  const p = param.map(
    (value, index) => decay * value - (rate * m[index]!) / (Math.sqrt(v[index]!) * root + epsilon),
  );
  return [p, m, v];
}

function step(
  tensors: tf.Tensor[],
  gradient: tf.Tensor,
  hyper: tf.Tensor = tf.tensor1d([...HYPER]),
): tf.Tensor[] {
  const [param, firstMoment, secondMoment] = tensors;
  const inputs = {
    param: param!,
    grad: gradient,
    firstMoment: firstMoment!,
    secondMoment: secondMoment!,
  };
  return tf.engine().runKernel('VoxmimAdamW', { ...inputs, hyper }, { beta1: BETA1, beta2: BETA2 });
}

async function expectClose(tensors: tf.Tensor[], expected: Triple): Promise<void> {
  for (const [index, tensor] of tensors.entries()) {
    const actual = await tensor.data();
    const error = expected[index]!.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - actual[at]!)),
      0,
    );
    expect(error).toBeLessThan(2e-6);
  }
}

beforeAll(async () => {
  await tf.setBackend('onnx');
});

describe.each(SIZES)('VoxmimAdamW of %d numbers', (size) => {
  const start: Triple = [numbers(size, 1), numbers(size, 2), numbers(size, 3)];
  const gradient = numbers(size, 4);

  it('follows the formula on the device', async () => {
    const { nodesRun } = await statistics();
    await expectClose(
      step(
        start.map((data) => tf.tensor1d(data)),
        tf.tensor1d(gradient),
      ),
      expectedStep(start, gradient),
    );
    expect((await statistics()).nodesRun - nodesRun).toBe(1);
  });

  it('follows the formula with numbers that the graph computes', async () => {
    const tensors = start.map((data) => tf.tensor1d(data));
    const hyper = tf.mul(tf.tensor1d([...HYPER]), 1);
    const { nodesRun } = await statistics();
    await expectClose(step(tensors, tf.tensor1d(gradient), hyper), expectedStep(start, gradient));
    expect((await statistics()).nodesRun - nodesRun).toBe(2);
  });

  it('follows the formula as operators of a graph', async () => {
    const pending = start.map((data) => tf.add(tf.tensor1d(data), 0));
    await expectClose(step(pending, tf.tensor1d(gradient)), expectedStep(start, gradient));
  });

  it('takes several steps without a read between', async () => {
    let tensors: tf.Tensor[] = start.map((data) => tf.tensor1d(data));
    let expected = start;
    for (let count = 0; count < 3; count++) {
      tensors = step(tensors, tf.mul(tf.tensor1d(gradient), count + 1));
      expected = expectedStep(
        expected,
        gradient.map((value) => value * (count + 1)),
      );
    }
    await expectClose(tensors, expected);
  });
});

describe('the memory of an update', () => {
  const start: Triple = [numbers(1000, 1), numbers(1000, 2), numbers(1000, 3)];
  const gradient = numbers(1000, 4);
  const variables = (): tf.Variable[] =>
    start.map((data) => tf.tidy(() => tf.variable(tf.tensor1d(data))));
  const assign = (into: tf.Variable[]): void => {
    tf.tidy(() => {
      step(into, tf.add(tf.tensor1d(gradient), 0)).forEach((value, index) =>
        into[index]!.assign(value),
      );
    });
  };

  it('is the old one where nobody holds it', async () => {
    const parameters = variables();
    for (let count = 0; count < 2; count++) {
      assign(parameters);
      await parameters[0]!.data();
    }
    const { device } = await statistics();
    assign(parameters);
    await parameters[0]!.data();
    expect((await statistics()).device!.allocations).toBe(device!.allocations);
    expect((await statistics()).device!.liveBytes).toBe(device!.liveBytes);
  });

  it('leaves a tensor that somebody still holds as it was', async () => {
    const parameters = variables();
    const held = parameters.map((variable) => tf.clone(variable));
    assign(parameters);
    await expectClose(parameters, expectedStep(start, gradient));
    await expectClose(held, start);
  });

  it('is read by the graph before it is updated', async () => {
    const parameters = variables();
    assign(parameters);
    await parameters[0]!.data();
    const before = Array.from(await parameters[0]!.data());
    const sum = tf.sum(parameters[0]!);
    assign(parameters);
    expect((await sum.data())[0]).toBeCloseTo(
      before.reduce((total, value) => total + value, 0),
      2,
    );
  });

  it('is left alone when two updates read it', async () => {
    const parameters = variables();
    const [one, other] = [
      step(parameters, tf.tensor1d(gradient)),
      step(parameters, tf.tensor1d(gradient)),
    ];
    tf.dispose(parameters);
    await expectClose(one, expectedStep(start, gradient));
    await expectClose(other, expectedStep(start, gradient));
  });

  it('is lost loudly when the gradient fails', async () => {
    const parameters = variables();
    const ids = tf.add(tf.tensor1d([7], 'int32'), tf.scalar(1, 'int32'));
    const bad = tf.mul(tf.tensor1d(gradient), tf.gather(tf.tensor1d([1]), ids));
    const stepped = step(parameters, bad);
    await expect(stepped[0]!.data()).rejects.toThrow('RUN_FAILED');
    await expectClose(parameters, start);
  });
});
