import { volumeOf, type Random, type Shape3 } from '@voxmim/core';
import { type Initializer, LayerNorm, Linear, Module } from '@voxmim/nn';
import type { Tensor3D } from '@tensorflow/tfjs-core';

/** How a {@link PatchEmbed} is built. */
export interface PatchEmbedOptions {
  readonly patchSize: Shape3;
  readonly inChannels: number;
  readonly embedDim: number;
  readonly random: Random;
  /** Of the linear layer. Defaults to `truncatedNormal`. */
  readonly init?: Initializer;
  /** Whether embeddings are layer-normed. Defaults to false. */
  readonly norm?: boolean;
  /** Of the norm. Defaults to 1e-5. */
  readonly epsilon?: number;
}

/**
 * One linear layer over the voxels of each patch.
 *
 * `proj.weight` is `[embedDim, pd · ph · pw · C]`, the voxels in the order of `patchify`: MONAI's
 * "perceptron" layout. timm's convolution `[embedDim, C, pd, ph, pw]` is the same numbers with `C`
 * moved last.
 */
export class PatchEmbed extends Module {
  readonly proj: Linear;
  readonly norm: LayerNorm | null;

  constructor(options: PatchEmbedOptions) {
    super();
    const { patchSize, inChannels, embedDim, random, init, norm = false, epsilon = 1e-5 } = options;
    const values = volumeOf(patchSize) * inChannels;
    this.proj = new Linear(values, embedDim, {
      random: random.stream('proj'),
      ...(init && { init }),
    });
    this.norm = norm ? new LayerNorm(embedDim, { epsilon }) : null;
  }

  /** @param patches `[B, L, pd · ph · pw · C]` @returns `[B, L, embedDim]` */
  call(patches: Tensor3D): Tensor3D {
    const tokens = this.proj.call(patches);
    return this.norm?.call(tokens) ?? tokens;
  }
}
