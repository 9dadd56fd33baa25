import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { configure, flush, statistics } from './index.js';

beforeAll(async () => {
  await tf.setBackend('onnx');
});

/** Numbers that repeat from run to run. */
function values(shape: number[], seed: number): tf.Tensor {
  return tf.randomUniform(shape, -1, 1, 'float32', seed);
}

/** A two-layer network trained by Adam, with its parameters. */
function smallTraining(): { step: () => tf.Scalar; dispose: () => void } {
  const first = tf.variable(values([4, 8], 1));
  const second = tf.variable(values([8, 1], 2));
  const optimizer = tf.train.adam(0.01);
  const x = values([16, 4], 3);
  const y = tf.sum(x, 1, true);
  const step = (): tf.Scalar => {
    const loss = optimizer.minimize(
      () =>
        tf.mean<tf.Scalar>(
          tf.squaredDifference(y, tf.matMul(tf.relu(tf.matMul(x, first)), second)),
        ),
      true,
      [first, second],
    );
    return loss!;
  };
  return { step, dispose: () => tf.dispose([first, second, x, y]) };
}

describe('reading', () => {
  it('computes synchronously and asynchronously', async () => {
    const x = tf.tensor([1, 2, 3]);
    const doubled = tf.mul(x, 2);
    expect(Array.from(doubled.dataSync())).toEqual([2, 4, 6]);
    expect(Array.from(await tf.add(doubled, 1).data())).toEqual([3, 5, 7]);
  });

  it('gives a copy: writing into it changes nothing', async () => {
    const x = tf.tensor([1, 2, 3]);
    const read = await x.data();
    read[0] = 100;
    expect(Array.from(await x.data())).toEqual([1, 2, 3]);
    expect(Array.from(await tf.add(x, 0).data())).toEqual([1, 2, 3]);
  });

  it('keeps what was uploaded when the caller changes the array afterwards', async () => {
    const array = new Float32Array([1, 2, 3]);
    const x = tf.tensor(array);
    array[0] = 100;
    expect(Array.from(await tf.add(x, 0).data())).toEqual([1, 2, 3]);
  });

  it('keeps integers, booleans and texts', async () => {
    expect(
      Array.from(await tf.add(tf.tensor([1, 2], [2], 'int32'), tf.scalar(1, 'int32')).data()),
    ).toEqual([2, 3]);
    expect(Array.from(await tf.greater(tf.tensor([1, 3]), 2).data())).toEqual([0, 1]);
    expect(await tf.tensor(['a', 'b']).data()).toEqual(['a', 'b']);
  });
});

describe('the trace', () => {
  it('never computes what nobody holds', async () => {
    const before = await statistics();
    const x = tf.tensor([1, 2, 3]);
    const dead = tf.tidy(() => tf.exp(tf.sin(tf.cos(x))));
    const alive = tf.add(x, 1);
    dead.dispose();
    await alive.data();
    expect((await statistics()).nodesRun - before.nodesRun).toBe(1);
  });

  it('computes every live tensor at the first read', async () => {
    const x = tf.tensor([1, 2, 3]);
    const first = tf.add(x, 1);
    const second = tf.mul(x, 3);
    await first.data();
    const { runs } = await statistics();
    expect(Array.from(await second.data())).toEqual([3, 6, 9]);
    expect((await statistics()).runs).toBe(runs);
  });

  it('compiles nothing in a second step, and none for a new learning rate or fill value', async () => {
    const w = tf.variable(values([3, 3], 1));
    const step = async (rate: number): Promise<void> => {
      const loss = tf.tidy(() => {
        const { value, grads } = tf.variableGrads(() => tf.sum(tf.square(tf.matMul(w, w))), [w]);
        w.assign(tf.sub(w, tf.mul(grads[w.name]!, tf.fill([3, 3], rate))));
        return value;
      });
      await loss.data();
      loss.dispose();
    };
    await step(0.1);
    await step(0.1);
    const { compiled } = await statistics();
    await step(0.2);
    await step(0.3);
    expect((await statistics()).compiled).toBe(compiled);
  });

  it('runs by itself when it grows too long', async () => {
    configure({ maxTraceLength: 50 });
    let x = tf.scalar(0);
    const { runs } = await statistics();
    for (let index = 0; index < 200; index++) x = tf.tidy(() => tf.add(x, 1));
    expect((await statistics()).runs).toBeGreaterThanOrEqual(runs + 3);
    expect((await x.data())[0]).toBe(200);
    configure({ maxTraceLength: 100_000 });
  });

  it('keeps a bounded number of graphs and computes with one that was dropped', async () => {
    configure({ maxGraphs: 2 });
    const run = async (size: number): Promise<number> => (await tf.sum(tf.ones([size])).data())[0]!;
    expect(await run(2)).toBe(2);
    expect(await run(3)).toBe(3);
    expect(await run(4)).toBe(4);
    expect(await run(2)).toBe(2);
    configure({ maxGraphs: 64 });
  });
});

describe('memory', () => {
  it('stays flat over steps, on the host and on the device', async () => {
    const { step } = smallTraining();
    const measure = async (): Promise<number[]> => {
      const loss = step();
      await loss.data();
      loss.dispose();
      const { device } = await statistics();
      return [
        tf.memory().numTensors,
        tf.memory().numBytes,
        device!.liveBytes,
        device!.pooledBytes,
        device!.allocations,
      ];
    };
    for (let index = 0; index < 3; index++) await measure();
    const settled = await measure();
    for (let index = 0; index < 50; index++) expect(await measure()).toEqual(settled);
  });

  it('does not let a step write into a tensor that is still held', async () => {
    const w = tf.variable(tf.tensor([1, 2, 3, 4]));
    const held: tf.Tensor[] = [];
    for (let index = 0; index < 10; index++) {
      held.push(tf.clone(w));
      tf.tidy(() => w.assign(tf.add(w, 10)));
      await w.data();
    }
    for (const [index, tensor] of held.entries()) {
      expect(Array.from(await tensor.data())).toEqual(
        [1, 2, 3, 4].map((value) => value + 10 * index),
      );
    }
  });

  it('keeps a reshaped view alive after its source is disposed', async () => {
    const source = tf.add(tf.tensor([1, 2, 3, 4]), 1);
    const view = tf.reshape(source, [2, 2]);
    source.dispose();
    expect(Array.from(await view.data())).toEqual([2, 3, 4, 5]);
    const product = tf.matMul(view, view);
    view.dispose();
    expect(Array.from(await product.data())).toEqual([16, 21, 28, 37]);
  });

  it('reads an input that was disposed after its use was recorded', async () => {
    const x = tf.add(tf.tensor([1, 2]), 0);
    await x.data();
    const sum = tf.add(x, 1);
    x.dispose();
    const other = tf.add(tf.tensor([7, 8]), 0);
    expect(Array.from(await sum.data())).toEqual([2, 3]);
    expect(Array.from(await other.data())).toEqual([7, 8]);
  });
});

describe('training', () => {
  it('learns, and stays finite over 200 steps', async () => {
    const { step } = smallTraining();
    const losses: number[] = [];
    for (let index = 0; index < 200; index++) {
      const loss = step();
      losses.push((await loss.data())[0]!);
      loss.dispose();
    }
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 5);
  });

  it('gives the same numbers with several steps in flight', async () => {
    const run = async (wait: boolean): Promise<number[]> => {
      const { step } = smallTraining();
      const losses: tf.Scalar[] = [];
      for (let index = 0; index < 20; index++) {
        const loss = step();
        losses.push(loss);
        if (wait) await loss.data();
      }
      return (await Promise.all(losses.map((loss) => loss.data()))).map((data) => data[0]!);
    };
    const [one, other] = [await run(true), await run(false)];
    one.forEach((loss, index) => expect(other[index]).toBeCloseTo(loss, 5));
  });
});

describe('errors', () => {
  it('name the op and its shapes when recording', () => {
    const run = (): unknown =>
      tf
        .engine()
        .runKernel(
          'BatchMatMul',
          { a: tf.zeros([2, 3]), b: tf.zeros([4, 5]) },
          { transposeA: false, transposeB: false },
        );
    expect(run).toThrow(/BatchMatMul.*\[2,3\].*\[4,5\]/);
  });

  it('name the op and its shapes when running, and leave the backend usable', async () => {
    const ids = tf.add(tf.tensor1d([7], 'int32'), tf.scalar(1, 'int32'));
    const picked = tf.gather(tf.tensor2d([[1, 2]]), ids);
    await expect(picked.data()).rejects.toThrow(/GatherV2.*\[1,2\].*RUN_FAILED/s);
    await expect(picked.data()).rejects.toThrow('RUN_FAILED');
    picked.dispose();
    expect(Array.from(await tf.add(tf.tensor([1]), 1).data())).toEqual([2]);
  });

  it('come out of flush when nobody reads', async () => {
    const picked = tf.gather(
      tf.tensor2d([[1, 2]]),
      tf.add(tf.tensor1d([7], 'int32'), tf.scalar(1, 'int32')),
    );
    await expect(flush()).rejects.toThrow('RUN_FAILED');
    picked.dispose();
    await flush();
  });
});
