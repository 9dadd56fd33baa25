import {
  createRandom,
  zipAxes,
  type FeatureLevel,
  type HeadContext,
  type SegmentationHead,
} from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { expectSame, expectThat } from './assertion.js';
import { noise } from './noise.js';
import { copyWeights, expectGradientsFor, expectNamed, takeValues, weighed } from './probes.js';
import { expectClose, expectNoLeak } from './tensors.js';
import type { TestRunner } from './test-runner.js';

/** What a head under test sits on: give it a grid that is not cubic, and odd channels. */
export type HeadCase = Omit<HeadContext, 'random'>;

/**
 * Declares the tests that every segmentation head must pass, on the backend that is set when they
 * run.
 *
 * @param create builds the smallest useful instance from the context it is given
 *
 * @example
 * testHeadConformance({ describe, it }, (context) => new MyHead(tinyConfig, context), {
 *   levels: [{ channels: 6, stride: [4, 4, 4] }],
 *   inputShape: [8, 4, 12], inChannels: 1, numClasses: 3,
 * });
 */
export function testHeadConformance(
  runner: TestRunner,
  create: (context: HeadContext) => SegmentationHead,
  place: HeadCase,
): void {
  const build = (seed: number) => create({ ...place, random: createRandom(seed) });
  runner.describe('segmentation head contract', () => {
    const it = (name: string, body: (head: SegmentationHead, batch: Batch) => Promise<void>) =>
      runner.it(name, async () => {
        const [head, batch] = [build(1), batchFor(place)];
        await body(head, batch);
        head.dispose();
        tf.dispose([batch.volumes, batch.pyramid]);
      });
    testLogits(it, place);
    testWeights(it, build);
  });
}

interface Batch {
  readonly volumes: tf.Tensor5D;
  readonly pyramid: tf.Tensor5D[];
}
type Declare = (
  name: string,
  body: (head: SegmentationHead, batch: Batch) => Promise<void>,
) => void;

function testLogits(it: Declare, { inputShape, numClasses }: HeadCase): void {
  it('gives a score to every voxel and class, and leaks nothing', async (head, batch) => {
    const logits = head.logits(batch.volumes, batch.pyramid);
    expectSame(head.numClasses, numClasses, 'numClasses');
    expectSame(logits[0].shape, [2, ...inputShape, numClasses], 'shape of the logits');
    const values = await takeValues(logits);
    expectThat(values.flat().every(Number.isFinite), () => 'Logits are not finite.');
    expectNoLeak(() => head.logits(batch.volumes, batch.pyramid));
  });

  it('treats the samples of a batch apart', async (head, { volumes, pyramid }) => {
    const first = <R extends tf.Rank>(tensor: tf.Tensor<R>) => tf.slice(tensor, 0, 1);
    const both = head.logits(volumes, pyramid);
    const alone = head.logits(first(volumes), pyramid.map(first));
    await expectClose(first(both[0]), alone[0], { absolute: 1e-4, relative: 1e-3 });
    tf.dispose([both, alone]);
  });
}

function testWeights(it: Declare, build: (seed: number) => SegmentationHead): void {
  it('names its parameters and sends a gradient to each', async (head, { volumes, pyramid }) => {
    expectNamed(head);
    await expectGradientsFor(head, () =>
      tf.tidy(() => weighed(head.logits(volumes, pyramid, { training: true, random }))),
    );
  });

  it('starts from the random stream alone, and its weights are all it is', async (head, batch) => {
    const [same, other] = [build(1), build(2)];
    const run = (any: SegmentationHead) => takeValues(any.logits(batch.volumes, batch.pyramid));
    const expected = await run(head);
    await expectClose(await run(same), expected, { absolute: 0, relative: 0 });
    copyWeights(head, other);
    await expectClose(await run(other), expected, { absolute: 0, relative: 0 });
    same.dispose();
    other.dispose();
  });

  it('frees all it made', async () => {
    expectNoLeak(() => {
      build(1).dispose();
      return [];
    });
    await Promise.resolve();
  });
}

const random = createRandom(8);

function batchFor({ levels, inputShape, inChannels }: HeadCase): Batch {
  const shapeOf = ({
    stride,
    channels,
  }: FeatureLevel): [number, number, number, number, number] => [
    2,
    ...zipAxes(inputShape, stride, (extent, size) => extent / size),
    channels,
  ];
  return {
    volumes: noise<tf.Rank.R5>([2, ...inputShape, inChannels]),
    pyramid: levels.map((level, index) => noise<tf.Rank.R5>(shapeOf(level), index)),
  };
}
