/**
 * Where each part of a UNETR head works, for any token size.
 *
 * MONAI's head is made for tokens of 16: its skips join at strides 8, 4, 2 and 1. Here stage `k`
 * works at stride `gcd(token, 2^k)` along each axis, which is the same for 16, and for smaller or
 * uneven tokens lets the early stages keep the resolution they already have:
 *
 * | token | stage 3 | stage 2 | stage 1 | stage 0 |
 * |---|---|---|---|---|
 * | 16 | 8 | 4 | 2 | 1 |
 * | 8 | 8 | 4 | 2 | 1 |
 * | 4 | 4 | 4 | 2 | 1 |
 * | 6 | 2 | 2 | 2 | 1 |
 *
 * @module
 */
import { type FeatureLevel, mapAxes, type Shape3, VoxmimError, zipAxes } from '@voxmim/core';

import { commonStride, upsamplingPath, type UpsamplingPath } from '../upsampling-path.js';

/** One skip and the decoder stage it joins. */
export interface UnetrStage {
  /** Channels of the encoder level that feeds the skip. */
  readonly levelChannels: number;
  /** Channels of the skip and of the stage's result. */
  readonly channels: number;
  /** From the level to the stage. */
  readonly skip: UpsamplingPath;
  /** From the stage below (or the deepest level) to this one. */
  readonly up: Shape3;
}

/** The parts of a head over `stages.length + 1` levels. */
export interface UnetrPlan {
  /** Channels of the deepest level. */
  readonly bottomChannels: number;
  /** Deep to shallow; the last one's skip comes before the volume's own, see {@link finalUp}. */
  readonly stages: readonly UnetrStage[];
  /** From the shallowest stage to voxels. */
  readonly finalUp: Shape3;
}

/**
 * Plans a head.
 *
 * @param levels shallow to deep; the deepest is the bottom, the others are skips
 * @throws `UNSUPPORTED_CAPABILITY` when there is no level, or a level's stride is no multiple of
 *   its stage's
 */
export function planUnetr(levels: readonly FeatureLevel[], featureSize: number): UnetrPlan {
  const bottom = levels.at(-1);
  const skips = levels.slice(0, -1);
  if (!bottom) throw unsupported('has no feature levels');
  const strideAt = (stage: number) =>
    mapAxes(bottom.stride, (size) => commonStride(size, 2 ** stage));
  const stages = skips
    .map((level, index): UnetrStage => {
      const stage = index + 1;
      const here = strideAt(stage);
      const below = stage === skips.length ? bottom.stride : strideAt(stage + 1);
      return {
        levelChannels: level.channels,
        channels: featureSize * 2 ** stage,
        skip: pathBetween(level.stride, here),
        up: zipAxes(below, here, (from, to) => from / to),
      };
    })
    .reverse();
  return {
    bottomChannels: bottom.channels,
    stages,
    finalUp: skips.length > 0 ? strideAt(1) : bottom.stride,
  };
}

/** @throws `UNSUPPORTED_CAPABILITY` */
function pathBetween(from: Shape3, to: Shape3): UpsamplingPath {
  const path = upsamplingPath(from, to);
  if (path) return path;
  throw unsupported(
    `has a level of stride [${from.join(', ')}], which cannot be brought to [${to.join(', ')}]`,
  );
}

function unsupported(fact: string): VoxmimError {
  return new VoxmimError(
    'UNSUPPORTED_CAPABILITY',
    `The encoder ${fact}, so a UNETR head does not fit it.`,
    'Use an encoder whose levels are at least as coarse as strides 2, 4, 8, …, or another head.',
    {
      component: 'unetr',
      capability: 'levels that upsampling by whole factors brings to the stages',
    },
  );
}
