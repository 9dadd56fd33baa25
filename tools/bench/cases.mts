/** What is measured: training steps and one inference, each as a function that does it once. */
import { createRandom, mapAxes, type Shape3, type TokenMask, type Volume } from '@voxmim/core';
import { VitConfig, vitDefinition } from '@voxmim/encoders';
import { Linear, Module, TransformerBlock } from '@voxmim/nn';
import { MaeConfig, maeDefinition, SimmimConfig, simmimDefinition } from '@voxmim/objectives';
import { Segmenter, slidingWindow, UnetrConfig, unetrDefinition } from '@voxmim/segmentation';
import { AdamW, parameterGroups } from '@voxmim/training';
import { gradientsOf } from '@voxmim/nn/gradients';
import * as tf from '@tensorflow/tfjs-core';

import type { CaseName } from './case-names.mts';

/** Does the measured work once; a training step gives its loss. */
export type Work = () => Promise<number>;

const random = createRandom(1);

/** Cases by the names the command line takes. */
export const cases: Readonly<Record<CaseName, () => Work>> = {
  blocks: () => transformerBlocks({ patch: 4096, width: 768, numHeads: 12, depth: 4, tokens: 216 }),
  'block-small': () =>
    transformerBlocks({ patch: 64, width: 64, numHeads: 4, depth: 1, tokens: 64 }),
  mae: () => maskedModeling('mae', { inputShape: [96, 96, 96], batch: 2 }),
  simmim: () => maskedModeling('simmim', { inputShape: [96, 96, 96], batch: 2 }),
  'mae-small': () =>
    maskedModeling('mae', {
      inputShape: [48, 64, 48],
      batch: 8,
      vit: { patchSize: [8, 8, 8], embedDim: 192, depth: 6, numHeads: 3 },
      mae: { decoderEmbedDim: 96, decoderDepth: 2, decoderNumHeads: 3 },
    }),
  unetr: unetrTraining,
  'sliding-window': unetrInference,
};

interface MaskedSetup {
  readonly inputShape: Shape3;
  readonly batch: number;
  readonly vit?: object;
  readonly mae?: object;
}

interface BlocksSetup {
  readonly patch: number;
  readonly width: number;
  readonly numHeads: number;
  readonly depth: number;
  readonly tokens: number;
}

/** Blocks between two linear layers. */
class Blocks extends Module {
  readonly embed: Linear;
  readonly blocks: readonly TransformerBlock[];
  readonly head: Linear;

  constructor({ patch, width, numHeads, depth }: BlocksSetup) {
    super();
    this.embed = new Linear(patch, width, { random: random.stream('embed') });
    this.blocks = Array.from(
      { length: depth },
      (_, index) =>
        new TransformerBlock(width, {
          numHeads,
          mlpRatio: 4,
          random: random.stream('block', index),
        }),
    );
    this.head = new Linear(width, patch, { random: random.stream('head') });
  }

  loss(x: tf.Tensor3D): tf.Scalar {
    const embedded = this.embed.call(x);
    const tokens = this.blocks.reduce((h, block) => block.call(h), embedded);
    return tf.mean(tf.squaredDifference(this.head.call(tokens), x));
  }
}

function transformerBlocks(setup: BlocksSetup): Work {
  const model = new Blocks(setup);
  const x = normal<tf.Rank.R3>([2, setup.tokens, setup.patch]);
  return trainingStep(model, () => model.loss(x));
}

function maskedModeling(
  kind: 'mae' | 'simmim',
  { inputShape, batch, vit, mae }: MaskedSetup,
): Work {
  const config = VitConfig.parse(vit ?? {});
  const encoder = vitDefinition.create(config, {
    inputShape,
    inChannels: 1,
    random,
  });
  const context = { encoder, random };
  const objective =
    kind === 'mae'
      ? maeDefinition.create(MaeConfig.parse(mae ?? {}), context)
      : simmimDefinition.create(SimmimConfig.parse({}), context);
  if (objective.kind !== 'masked') throw new TypeError('a masked objective was expected');
  const volumes = normal<tf.Rank.R5>([batch, ...inputShape, 1]);
  const mask = quarterVisible(
    mapAxes(inputShape, (extent, axis) => extent / config.patchSize[axis]),
    batch,
  );
  return trainingStep(objective, () => objective.loss(volumes, mask));
}

function unetr(inputShape: Shape3): Segmenter {
  const encoder = vitDefinition.create(VitConfig.parse({}), {
    inputShape,
    inChannels: 1,
    random,
  });
  const { levels } = encoder;
  const head = unetrDefinition.create(UnetrConfig.parse({}), {
    levels,
    inputShape,
    inChannels: 1,
    numClasses: 14,
    random,
  });
  return new Segmenter(encoder, head);
}

function unetrTraining(): Work {
  const model = unetr([96, 96, 96]);
  const volumes = normal<tf.Rank.R5>([1, 96, 96, 96, 1]);
  const target = normal<tf.Rank.R5>([1, 96, 96, 96, 14]);
  return trainingStep(model, () => tf.mean(tf.squaredDifference(model.logits(volumes)[0], target)));
}

function unetrInference(): Work {
  const model = unetr([96, 96, 96]);
  const shape: Shape3 = [160, 200, 200];
  const source = random.stream('volume');
  const data = Float32Array.from({ length: 160 * 200 * 200 }, () => source.normal());
  const affine = [
    [0, 0, 1, 0],
    [0, 1, 0, 0],
    [1, 0, 0, 0],
  ] as const;
  const volume: Volume<Float32Array> = { data, shape, channels: 1, affine };
  return async () => {
    const labels = await slidingWindow(volume, (windows) => model.predict(windows), {
      roi: [96, 96, 96],
      overlap: 0.25,
    });
    return labels.data.length;
  };
}

function trainingStep(model: Parameters<typeof parameterGroups>[0], loss: () => tf.Scalar): Work {
  const optimizer = new AdamW(parameterGroups(model, { weightDecay: 0.05 }));
  return async () => {
    const value = tf.tidy(() => {
      const step = gradientsOf(loss, optimizer.parameters);
      optimizer.update(step.gradients, { learningRate: 1e-4 });
      return step.loss;
    });
    const [number = NaN] = await value.data();
    value.dispose();
    return number;
  };
}

function normal<R extends tf.Rank>(shape: tf.ShapeMap[R]): tf.Tensor<R> {
  return tf.randomNormal<R>(shape, 0, 1, 'float32', 7);
}

/** Every fourth token is visible, the same ones in each sample. */
export function quarterVisible(gridShape: Shape3, batchSize: number): TokenMask {
  const length = gridShape[0] * gridShape[1] * gridShape[2];
  const ids = Array.from({ length }, (_, id) => id);
  const repeated = (chosen: number[]): Int32Array =>
    Int32Array.from(
      { length: batchSize * chosen.length },
      (_, index) => chosen[index % chosen.length] ?? 0,
    );
  const hidden = Uint8Array.from({ length: batchSize * length }, (_, index) =>
    (index % length) % 4 === 0 ? 0 : 1,
  );
  return {
    batchSize,
    gridShape,
    hidden,
    visibleIds: repeated(ids.filter((id) => id % 4 === 0)),
    hiddenIds: repeated(ids.filter((id) => id % 4 !== 0)),
  };
}
