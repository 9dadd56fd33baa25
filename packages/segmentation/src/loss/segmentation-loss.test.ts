import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@voxmim/tfjs-backend-onnx';
import '@tensorflow/tfjs-layers';

import { registeredBackends } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

// Made by tools/fixtures/segmentation.py.
import golden from '../../fixtures/monai.json' with { type: 'json' };
import { SegmentationLossConfig } from './loss-config.js';
import { segmentationLoss } from './segmentation-loss.js';

const { losses } = golden;
const tolerance = 1e-5;

function logitWave(): tf.Tensor5D {
  const values = Float32Array.from(
    { length: tf.util.sizeFromShape(losses.shape) },
    (_, index) => 3 * Math.sin(1.7 * index + 0.4),
  );
  const [b, d, h, w, c] = losses.shape;
  return tf.tensor5d(values, [b!, d!, h!, w!, c!]);
}

/** @param missing the class that the second sample lacks */
function labelPattern(classes: number, missing?: number): tf.Tensor4D {
  const shape = losses.shape.slice(0, 4);
  const values = Int32Array.from(
    { length: tf.util.sizeFromShape(shape) },
    (_, index) => (7 * index + Math.floor(index / 5)) % classes,
  );
  const absent = values.map((value, index) =>
    value === missing && index >= values.length / 2 ? 0 : value,
  );
  const [b, d, h, w] = shape;
  return tf.tensor4d(absent, [b!, d!, h!, w!], 'int32');
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  const scale = Math.max(...expected.map(Math.abs));
  const error = Math.max(...expected.map((value, index) => Math.abs(value - actual[index]!)));
  expect(actual).toHaveLength(expected.length);
  expect(error / scale).toBeLessThan(tolerance);
}

describe.each(registeredBackends())('on %s', (backend) => {
  beforeAll(async () => {
    expect(await tf.setBackend(backend)).toBe(true);
  });

  it.each(losses.cases)("gives MONAI's loss and gradient: $config", (item) => {
    const config = SegmentationLossConfig.parse(item.config);
    const labels = labelPattern(losses.shape[4]!, 2);

    const { value, grad } = tf.valueAndGrad((logits: tf.Tensor) =>
      segmentationLoss(logits as tf.Tensor5D, labels, config),
    )(logitWave());

    expectClose(value.dataSync(), [item.loss]);
    expectClose(grad.dataSync(), item.gradient);
  });

  it('gives Dice and binary cross-entropy per region', () => {
    const { sets, classes, loss, gradient } = losses.regions;
    const labels = labelPattern(classes);

    const { value, grad } = tf.valueAndGrad((logits: tf.Tensor) =>
      segmentationLoss(logits as tf.Tensor5D, labels, SegmentationLossConfig.parse(undefined), {
        regions: sets,
      }),
    )(logitWave());

    expectClose(value.dataSync(), [loss]);
    expectClose(grad.dataSync(), gradient);
  });

  it.each(losses.regions.cases)("gives MONAI's loss of regions: $config", (item) => {
    const { sets, classes } = losses.regions;
    const config = SegmentationLossConfig.parse(item.config);
    const labels = labelPattern(classes);

    const { value, grad } = tf.valueAndGrad((logits: tf.Tensor) =>
      segmentationLoss(logits as tf.Tensor5D, labels, config, { regions: sets }),
    )(logitWave());

    expectClose(value.dataSync(), [item.loss]);
    expectClose(grad.dataSync(), item.gradient);
  });

  it('gives Dice and focal loss per region', () => {
    const { sets, classes, focal } = losses.regions;
    const config = SegmentationLossConfig.parse({ name: 'diceFocal', gamma: 1.5, focalWeight: 3 });

    const loss = segmentationLoss(logitWave(), labelPattern(classes), config, { regions: sets });

    expectClose(loss.dataSync(), [focal]);
  });

  it('leaves only the loss behind', () => {
    const logits = logitWave();
    const labels = labelPattern(4);
    const before = tf.memory().numTensors;

    const loss = segmentationLoss(logits, labels, SegmentationLossConfig.parse(undefined));

    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([loss, logits, labels]);
  });
});

describe('segmentationLoss', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });
  const config = SegmentationLossConfig.parse({ name: 'crossEntropy' });

  it('stays finite for logits that are certain', () => {
    const logits: tf.Tensor5D = tf.tensor([500, -500, -500, 500], [1, 2, 1, 1, 2]);
    const labels: tf.Tensor4D = tf.tensor([0, 0], [1, 2, 1, 1], 'int32');

    const classes = segmentationLoss(logits, labels, config);
    const regions = segmentationLoss(logits, labels, config, { regions: [[0], [1]] });

    expect(classes.dataSync()[0]).toBe(500);
    expect(regions.dataSync()[0]).toBe(250);
  });

  it('weighs coarser logits by halves, against the labels in the middle of their cells', () => {
    const fine: tf.Tensor5D = tf.zeros([1, 4, 1, 2, 2]);
    const coarse: tf.Tensor5D = tf.tensor([9, 0, 0, 9], [1, 2, 1, 1, 2]);
    // Of each pair along depth and width, the second voxel is the middle one.
    const labels: tf.Tensor4D = tf.tensor([1, 1, 1, 0, 0, 0, 0, 1], [1, 4, 1, 2], 'int32');

    const loss = segmentationLoss([fine, coarse], labels, config).dataSync()[0]!;

    const right = Math.log(1 + Math.exp(-9));
    expect(loss).toBeCloseTo((2 / 3) * Math.log(2) + (1 / 3) * right, 6);
  });

  it('refuses labels on another grid', () => {
    const logits: tf.Tensor5D = tf.zeros([1, 2, 2, 2, 3]);

    expect(() => segmentationLoss(logits, tf.zeros([1, 2, 2, 4], 'int32'), config)).toThrow(
      'Logits of [1, 2, 2, 2, 3] cannot be scored against labels of [1, 2, 2, 4].',
    );
  });

  it('refuses a number of channels that is not the regions', () => {
    const logits: tf.Tensor5D = tf.zeros([1, 2, 2, 2, 3]);
    const labels: tf.Tensor4D = tf.zeros([1, 2, 2, 2], 'int32');

    expect(() => segmentationLoss(logits, labels, config, { regions: [[1]] })).toThrow(
      'in 1 regions',
    );
  });

  it('has defaults that are the whole of the paper', () => {
    expect(SegmentationLossConfig.parse(undefined)).toEqual({
      name: 'diceCrossEntropy',
      includeBackground: true,
      squaredPred: false,
      batch: false,
      smoothNumerator: 1e-5,
      smoothDenominator: 1e-5,
      diceWeight: 1,
      crossEntropyWeight: 1,
    });
  });
});
