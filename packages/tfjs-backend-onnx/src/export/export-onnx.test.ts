import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { checkExport, exportOnnx } from '../index.js';

const runtime = createRequire(__filename).resolve('onnxruntime-node');

/** Runs a model in a process of its own, as a stranger would. */
function runModel(
  model: Uint8Array,
  feeds: Record<string, { data: number[]; dims: number[] }>,
): Record<string, { data: number[]; dims: number[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'export-onnx-'));
  try {
    writeFileSync(join(folder, 'model.onnx'), model);
    writeFileSync(join(folder, 'feeds.json'), JSON.stringify(feeds));
    const script = `
      const { InferenceSession, Tensor } = require(${JSON.stringify(runtime)});
      const feeds = require(${JSON.stringify(join(folder, 'feeds.json'))});
      InferenceSession.create(${JSON.stringify(join(folder, 'model.onnx'))}).then(async (session) => {
        const tensors = Object.entries(feeds).map(([name, { data, dims }]) => [name, new Tensor('float32', data, dims)]);
        const results = await session.run(Object.fromEntries(tensors));
        const plain = Object.entries(results).map(([name, { data, dims }]) => [name, { data: Array.from(data), dims }]);
        console.log(JSON.stringify(Object.fromEntries(plain)));
      });`;
    const printed = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    return JSON.parse(printed) as Record<string, { data: number[]; dims: number[] }>;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A small attention block over tokens `[B, 5, 4]`, with a leading patch product. */
function block(): { fn: (x: tf.Tensor) => tf.Tensor; weights: tf.Tensor[] } {
  const weight = tf.randomNormal([4, 4], 0, 1, 'float32', 1);
  const bias = tf.randomNormal([4], 0, 1, 'float32', 2);
  const fn = (x: tf.Tensor): tf.Tensor => {
    const [batch = 1] = x.shape;
    const rows = tf.matMul(tf.reshape(x, [batch * 5, 4]), weight, false, true);
    const tokens = tf.reshape(tf.add(rows, bias), [batch, 5, 2, 2]);
    const heads = tf.transpose(tf.slice(tokens, [0, 1, 0, 0], [batch, 4, 2, 2]), [0, 2, 1, 3]);
    const attention = tf.softmax(tf.matMul(heads, heads, false, true));
    return tf.reshape(tf.matMul(attention, heads), [batch, 16]);
  };
  return { fn, weights: [weight, bias] };
}

beforeAll(async () => {
  await tf.setBackend('onnx');
});

describe('exportOnnx', () => {
  it("writes a model that gives TF.js's numbers", async () => {
    const { fn } = block();
    const x = tf.randomNormal([2, 5, 4], 0, 1, 'float32', 3);
    const model = await exportOnnx(fn, [x]);
    const expected = Array.from(await fn(x).data());
    const { output } = runModel(model, {
      input: { data: Array.from(await x.data()), dims: [2, 5, 4] },
    });
    expect(output!.dims).toEqual([2, 16]);
    output!.data.forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 5));
  });

  it('leaves the batch open', async () => {
    const { fn } = block();
    const model = await exportOnnx(fn, [tf.zeros([2, 5, 4])], {
      dynamicBatch: true,
      inputNames: ['tokens'],
    });
    for (const batch of [1, 2, 5]) {
      const x = tf.randomNormal([batch, 5, 4], 0, 1, 'float32', 4);
      const expected = Array.from(await fn(x).data());
      const { output } = runModel(model, {
        tokens: { data: Array.from(await x.data()), dims: [batch, 5, 4] },
      });
      expect(output!.dims).toEqual([batch, 16]);
      output!.data.forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 5));
    }
  });

  it("writes several inputs and outputs, and the project's fast kernels", async () => {
    const run = (name: string, inputs: Record<string, tf.Tensor>, attrs: object = {}): tf.Tensor =>
      tf.engine().runKernel(name, { ...inputs }, { ...attrs });
    const fn = (a: tf.Tensor, b: tf.Tensor): tf.Tensor[] => {
      const weight = tf.ones([4]);
      const normalized = run('VoxmimLayerNorm', { x: a, weight, bias: weight }, { epsilon: 1e-5 });
      return [run('VoxmimGelu', { x: normalized }), tf.add(b, tf.sum(a))];
    };
    const [a, b] = [tf.tensor2d([[1, 2, 3, 5]]), tf.scalar(2)];
    const model = await exportOnnx(fn, [a, b]);
    const feeds = { input0: { data: [1, 2, 3, 5], dims: [1, 4] }, input1: { data: [2], dims: [] } };
    const results = runModel(model, feeds);
    const [first, second] = fn(a, b);
    results['output0']!.data.forEach((value, index) =>
      expect(value).toBeCloseTo(first!.dataSync()[index]!, 5),
    );
    expect(results['output1']!.data).toEqual(Array.from(second!.dataSync()));
  });

  it('is checked against the function, and a difference is seen', async () => {
    const { fn } = block();
    const x = tf.randomNormal([2, 5, 4], 0, 1, 'float32', 5);
    const model = await exportOnnx(fn, [x], { outputNames: ['tokens'] });
    const names = { outputNames: ['tokens'] };

    expect(await checkExport(model, fn, [x], names)).toBeLessThan(1e-6);
    expect(await checkExport(model, (y) => tf.mul(fn(y), 2), [x], names)).toBeCloseTo(0.5);
    expect(await checkExport(model, (y) => tf.sum(fn(y)), [x], names).catch(String)).toContain(
      'RUN_FAILED',
    );
  });

  it('carries texts about the model', async () => {
    const { fn } = block();
    const model = await exportOnnx(fn, [tf.zeros([1, 5, 4])], { metadata: { unit: 'mm' } });

    // Field 14 of a model: an entry of a key (field 1) and a value (field 2).
    expect(Buffer.from(model).toString('latin1')).toContain('r\n\n\x04unit\x12\x02mm');
  });

  it('leaves no tensor behind', async () => {
    const { fn, weights } = block();
    const x = tf.zeros([2, 5, 4]);
    const { numTensors } = tf.memory();
    await exportOnnx(fn, [x], { dynamicBatch: true });
    expect(tf.memory().numTensors).toBe(numTensors);
    tf.dispose([...weights, x]);
  });

  it('refuses a batch that is built into the function', async () => {
    const table = tf.ones([2, 3]);
    const fn = (x: tf.Tensor): tf.Tensor => tf.mul(x, x.shape[0] === 2 ? table : tf.ones([3, 3]));
    await expect(exportOnnx(fn, [tf.zeros([2, 3])], { dynamicBatch: true })).rejects.toThrow(
      'UNSUPPORTED_EXPORT',
    );
    await expect(exportOnnx((x) => x, [tf.zeros([2, 3])])).rejects.toThrow(
      'no function of the inputs',
    );
  });
});
