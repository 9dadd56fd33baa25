import { volumeOf, type Random, type Shape3 } from '@voxmim/core';
import { Linear, Module } from '@voxmim/nn';
import type { Tensor3D } from '@tensorflow/tfjs-core';

/**
 * One linear layer over the voxels of each patch.
 *
 * `proj.weight` is `[embedDim, pd · ph · pw · C]`, the voxels in the order of `patchify`: MONAI's
 * "perceptron" layout. timm's convolution `[embedDim, C, pd, ph, pw]` is the same numbers with `C`
 * moved last.
 */
export class PatchEmbed extends Module {
  readonly proj: Linear;

  constructor(patchSize: Shape3, inChannels: number, embedDim: number, random: Random) {
    super();
    this.proj = new Linear(volumeOf(patchSize) * inChannels, embedDim, {
      random: random.stream('proj'),
    });
  }

  /** @param patches `[B, L, pd · ph · pw · C]` @returns `[B, L, embedDim]` */
  call(patches: Tensor3D): Tensor3D {
    return this.proj.call(patches);
  }
}
