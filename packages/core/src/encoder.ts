import type { Scalar, Tensor2D, Tensor3D, Tensor5D, Variable } from '@tensorflow/tfjs-core';

import type { TokenMask } from './mask.js';
import type { Random } from './random.js';
import type { Shape3 } from './shapes.js';

/** Anything that owns trainable variables. */
export interface ParameterOwner {
  /**
   * Variables by dotted path, such as `blocks.0.attn.qkv.weight`: timm's and MONAI's names, values in
   * PyTorch's layout (linear `[out, in]`, convolution `[out, in, d, h, w]`).
   */
  namedParameters(): ReadonlyMap<string, Variable>;
  /** State that is saved but not trained, such as running statistics. */
  namedBuffers?(): ReadonlyMap<string, Variable>;
  /** Frees every variable this object owns. */
  dispose(): void;
}

/** How a forward pass runs. Without one, it is inference. */
export interface ForwardContext {
  readonly training: boolean;
  /** The source of drop path; the same stream gives the same pass. */
  readonly random: Random;
  /**
   * Where processes train together: the rows `[R, P]` of all of them, `[size * R, P]`, with a gradient. For
   * losses that compare samples, so that those of other processes are compared too.
   */
  readonly gatherRows?: (rows: Tensor2D) => Tensor2D;
}

/** The fixed geometry of an encoder. */
export interface EncoderGeometry {
  /** Voxels per axis of one input. */
  readonly inputShape: Shape3;
  readonly inChannels: number;
  /** Voxels per token along each axis. */
  readonly patchSize: Shape3;
  /** Tokens per axis: `inputShape / patchSize`. */
  readonly gridShape: Shape3;
  /** Width of the tokens an objective receives. */
  readonly embedDim: number;
}

/** One level of a feature pyramid. */
export interface FeatureLevel {
  readonly channels: number;
  /** Voxels of the input per cell of this level, per axis. */
  readonly stride: Shape3;
}

/** What every backbone offers, third-party ones included. */
export interface Encoder extends ParameterOwner {
  readonly name: string;
  readonly geometry: EncoderGeometry;
  /** Describes {@link pyramid}: shallow to deep, strides never falling. */
  readonly levels: readonly FeatureLevel[];
  /**
   * The layer-wise learning-rate group of a parameter: 0 for the embedding, rising to
   * `layerCount - 1` for what is deepest.
   */
  layerOf(parameter: string): number;
  readonly layerCount: number;
  /**
   * Dense features for a segmentation head.
   *
   * @param volumes `[B, D, H, W, C]`, float32
   * @returns one `[B, d, h, w, channels]` per entry of {@link levels}
   */
  pyramid(volumes: Tensor5D, context?: ForwardContext): Tensor5D[];
}

/** An encoder that can drop hidden tokens, as MAE asks. */
export interface VisibleTokenEncoder extends Encoder {
  /**
   * Encodes visible tokens only; what is hidden cannot influence the result.
   *
   * @returns `[B, Lv, embedDim]`, tokens in the order of `mask.visibleIds`
   */
  encodeVisible(volumes: Tensor5D, mask: TokenMask, context?: ForwardContext): Tensor3D;
}

/** An encoder that can put a learned token where a hidden one was, as SimMIM asks. */
export interface MaskTokenEncoder extends Encoder {
  /** Width of the token that replaces a hidden one. */
  readonly maskTokenDim: number;
  /**
   * Encodes the whole grid with `maskToken` in place of what is hidden.
   *
   * @param maskToken `[maskTokenDim]`, owned by the objective
   * @returns the deepest features, `[B, d, h, w, channels]` of the last level
   */
  encodeWithMaskToken(
    volumes: Tensor5D,
    mask: TokenMask,
    maskToken: Variable,
    context?: ForwardContext,
  ): Tensor5D;
}

/**
 * An encoder whose blocks add to one stream and norm what they read of it. The stream then has no size of
 * its own: divided by any number, features behind the final norm stay as they are, while those before
 * it, which a head may get, are divided too.
 */
export interface ResidualStreamEncoder extends Encoder {
  /** What the last block leaves, before the final norm: root mean square, a scalar. */
  streamSize(volumes: Tensor5D): Scalar;
  /** Divides all that is ever added to the stream by `divisor`. */
  divideStream(divisor: number): void;
}

/**
 * What objectives and heads may need beyond {@link Encoder}: a method of {@link VisibleTokenEncoder}
 * or {@link MaskTokenEncoder}, or levels that each are coarser than the one before.
 */
export type EncoderCapability = 'encodeVisible' | 'encodeWithMaskToken' | 'hierarchicalLevels';

/** What an encoder is built from beside its config: the crop it will see and its initial values. */
export interface EncoderContext {
  /** Voxels per axis of one input. */
  readonly inputShape: Shape3;
  readonly inChannels: number;
  /** The source of initial weights. */
  readonly random: Random;
}

/** Narrows an encoder chosen at run time, where the compiler cannot help. */
export function encodesVisible(encoder: Encoder): encoder is VisibleTokenEncoder {
  return 'encodeVisible' in encoder;
}

/** Narrows an encoder chosen at run time, where the compiler cannot help. */
export function encodesWithMaskToken(encoder: Encoder): encoder is MaskTokenEncoder {
  return 'encodeWithMaskToken' in encoder;
}

/** Narrows an encoder chosen at run time, where the compiler cannot help. */
export function hasResidualStream(encoder: Encoder): encoder is ResidualStreamEncoder {
  return 'streamSize' in encoder && 'divideStream' in encoder;
}
