import {
  createRandom,
  tile,
  volumeOf,
  type ContrastiveObjective,
  type MaskedObjective,
  type Objective,
  type ObjectiveContext,
  type Reconstruction,
  type TokenMask,
} from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { expectSame, expectThat } from './assertion.js';
import { disturb } from './masked-encoder-conformance.js';
import { hiddenVoxels, randomTokenMask } from './masks.js';
import { noise } from './noise.js';
import { expectGradientsFor, expectNamed, takeValues } from './probes.js';
import { expectClose, expectNoLeak } from './tensors.js';
import type { TestRunner } from './test-runner.js';
import { toyEncoder } from './toy-encoder.js';

/** What an objective under test does on purpose. */
export interface ObjectiveConformanceOptions {
  /**
   * How many voxels beyond hidden ones a masked loss may look at along each axis: 0 where targets are
   * hidden voxels, 1 where they are their central differences, `Infinity` where all voxels are scored.
   * Defaults to 0.
   */
  readonly targetReach?: number;
}

/**
 * Declares the tests that every pretraining objective must pass, on the backend that is set when
 * they run. The kit brings its own encoder.
 *
 * @param create builds the smallest useful instance over the encoder it is given
 *
 * @example
 * testObjectiveConformance({ describe, it }, ({ encoder, random }) =>
 *   myDefinition.create(tinyConfig, { encoder, random }));
 */
export function testObjectiveConformance(
  runner: TestRunner,
  create: (context: ObjectiveContext) => Objective,
  { targetReach = 0 }: ObjectiveConformanceOptions = {},
): void {
  runner.describe('objective contract', () => {
    const it = (name: string, body: (objective: Objective, bench: Bench) => Promise<void>) =>
      runner.it(name, async () => {
        const bench = createBench();
        const objective = create({ encoder: bench.encoder, random: createRandom(2) });
        await body(objective, bench);
        objective.dispose();
        bench.dispose();
      });
    testAnyObjective(it, create);
    it('scores and shows hidden voxels only, where it masks', async (objective, bench) => {
      if (objective.kind === 'masked') await testMasked(objective, bench);
    });
    it('sends no gradient to visible voxels of its target, where it masks', async (_, bench) => {
      const blind = toyEncoder({ ...bench.options, blind: true, random: createRandom(3) });
      const objective = create({ encoder: blind, random: createRandom(2) });
      if (objective.kind === 'masked') await expectNearTargetsOnly(objective, bench, targetReach);
      objective.dispose();
      blind.dispose();
    });
    it('needs pairs, but not their order, where it contrasts', async (objective, bench) => {
      if (objective.kind === 'contrastive') await testContrastive(objective, bench);
    });
    it('embeds each view by itself, where it contrasts', async (objective, bench) => {
      if (objective.kind === 'contrastive') await expectEmbeddingsApart(objective, bench);
    });
  });
}

type Declare = (name: string, body: (objective: Objective, bench: Bench) => Promise<void>) => void;
type Bench = ReturnType<typeof createBench>;

function testAnyObjective(it: Declare, create: (context: ObjectiveContext) => Objective): void {
  it('has a finite scalar loss, the same each time, and leaks nothing', async (objective, bench) => {
    const run = () => lossOf(objective, bench);
    const loss = run();
    expectSame(loss.shape, [], 'shape of the loss');
    const [value] = await takeValues([loss]);
    expectThat(value?.every(Number.isFinite) ?? false, () => `The loss is ${value?.join()}.`);
    await expectClose(await takeValues([run()]), [value ?? []], { absolute: 0, relative: 0 });
    expectNoLeak(run);
  });

  it('sends a gradient to every parameter, the encoder’s first', async (objective, bench) => {
    expectNamed(objective);
    const names = [...objective.namedParameters().keys()];
    const own = [...bench.encoder.namedParameters().keys()].map((name) => `encoder.${name}`);
    expectSame(names.slice(0, own.length), own, 'names of the encoder');
    // A contrastive loss may not see what all samples share, such as positions; a masked one must.
    if (objective.kind === 'masked') {
      await expectGradientsFor(objective, () => lossOf(objective, bench));
    }
  });

  it('frees what it made and leaves the encoder alone', async (_, bench) => {
    const before = tf.memory().numTensors;
    create({ encoder: bench.encoder, random: createRandom(5) }).dispose();
    expectSame(tf.memory().numTensors, before, 'tensors left');
    const usable = bench.encoder.pyramid(bench.volumes);
    tf.dispose(usable);
    await Promise.resolve();
  });
}

/** Hidden voxels must not reach what is shown of them; visible ones must be shown as they are. */
async function testMasked(objective: MaskedObjective, bench: Bench): Promise<void> {
  const { volumes, mask, options } = bench;
  const changed = disturb(volumes, mask, options.patchSize, true);
  const before = objective.reconstruct(volumes, mask);
  const after = objective.reconstruct(changed, mask);
  const map = before.volumes === null ? objective.target?.(volumes) : tf.clone(volumes);
  expectThat(map !== undefined, () => 'There are neither volumes nor a target.');
  expectSame(before.prediction.shape, map?.shape, 'shape of the prediction');
  await expectSameOnHidden(after.prediction, before.prediction, mask);
  if (before.volumes && after.volumes) {
    expectSame(before.volumes.shape, volumes.shape, 'shape of the reconstruction');
    await expectSameOnHidden(after.volumes, before.volumes, mask);
  }
  tf.dispose([changed, map ?? [], tensorsOf(before), tensorsOf(after)]);
  expectNoLeak(() => tensorsOf(objective.reconstruct(volumes, mask)));
}

const tensorsOf = ({ prediction, volumes }: Reconstruction) =>
  volumes ? [prediction, volumes] : [prediction];

async function expectSameOnHidden(actual: tf.Tensor5D, expected: tf.Tensor5D, mask: TokenMask) {
  const [, depth, height, width] = expected.shape;
  const cells = tile([depth, height, width], mask.gridShape);
  const onHidden = (x: tf.Tensor) => tf.tidy(() => tf.mul(x, hiddenVoxels(mask, cells)));
  const [left, right] = [onHidden(actual), onHidden(expected)];
  await expectClose(left, right, { absolute: 0, relative: 0 });
  tf.dispose([left, right]);
}

/** Over an encoder that sees nothing, voxels matter to the loss as targets only. */
async function expectNearTargetsOnly(
  objective: MaskedObjective,
  { volumes, mask, options }: Bench,
  reach: number,
): Promise<void> {
  const gradient = tf.grad((x) => objective.loss(x as tf.Tensor5D, mask))(volumes);
  const sizes = tf.tidy(() => tf.max<tf.Tensor4D>(tf.abs(gradient), -1));
  const hidden = hiddenVoxels(mask, options.patchSize);
  const width = 2 * Math.min(reach, Math.max(...options.inputShape)) + 1;
  const near = tf.tidy(() => tf.avgPool3d(hidden, width, 1, 'same'));
  const [sized = [], flags = [], scored = []] = await takeValues([sizes, hidden, near]);
  const largest = (counts: (index: number) => boolean) =>
    sized.reduce((most, size, index) => (counts(index) ? Math.max(most, size) : most), 0);
  const stray = largest((index) => scored[index] === 0);
  expectThat(stray === 0, () => `Visible voxels weigh up to ${stray} in the loss.`);
  expectThat(largest((index) => flags[index] === 1) > 0, () => 'Hidden voxels have no weight.');
  const whole = reach === Infinity && largest((index) => flags[index] === 0) === 0;
  expectThat(!whole, () => 'Visible voxels have no weight where all should be scored.');
  gradient.dispose();
}

async function testContrastive(objective: ContrastiveObjective, bench: Bench): Promise<void> {
  const { volumes, views } = bench;
  const turn = (x: tf.Tensor5D) => tf.reverse(x, 0);
  const [paired, turned, torn] = await takeValues([
    objective.loss(volumes, views),
    objective.loss(turn(volumes), turn(views)),
    objective.loss(volumes, turn(views)),
  ]);
  await expectClose(turned ?? [], paired ?? []);
  expectThat(
    (torn?.[0] ?? 0) > (paired?.[0] ?? 0),
    () => 'Wrong pairs cost no more than right ones.',
  );
}

/** What else is in a batch must not reach an embedding: it would tell partners apart by other things. */
async function expectEmbeddingsApart(
  objective: ContrastiveObjective,
  { volumes }: Bench,
): Promise<void> {
  const [batch] = volumes.shape;
  const together = objective.embed(volumes);
  expectSame(together.shape[0], batch, 'number of embeddings');
  const [lengths = []] = await takeValues([tf.tidy(() => tf.sum(tf.square(together), 1))]);
  await expectClose(lengths, Array<number>(batch).fill(1));
  const single = Array.from({ length: batch }, (_, at) => tf.slice(volumes, at, 1));
  const alone = await takeValues(single.map((volume) => objective.embed(volume)));
  await expectClose(alone.flat(), together);
  tf.dispose(single);
  together.dispose();
  expectNoLeak(() => objective.embed(volumes));
}

function lossOf(objective: Objective, { volumes, views, mask }: Bench): tf.Scalar {
  return objective.kind === 'masked'
    ? objective.loss(volumes, mask)
    : objective.loss(volumes, views);
}

function createBench() {
  const options = {
    inputShape: [4, 8, 12] as const,
    inChannels: 2,
    patchSize: [2, 4, 4] as const,
    embedDim: 6,
  };
  const encoder = toyEncoder({ ...options, random: createRandom(1) });
  const { gridShape } = encoder.geometry;
  const volumes = noise<tf.Rank.R5>([3, ...options.inputShape, options.inChannels]);
  const views = tf.tidy(() => tf.add<tf.Tensor5D>(volumes, tf.mul(noise(volumes.shape, 1), 0.05)));
  const hidden = Math.ceil(volumeOf(gridShape) / 2);
  const mask: TokenMask = randomTokenMask(gridShape, 3, hidden, createRandom(4));
  const dispose = () => {
    encoder.dispose();
    tf.dispose([volumes, views]);
  };
  return { options, encoder, volumes, views, mask, dispose };
}
