import { mapAxes, type Shape3, volumeOf } from '@voxmim/core';

import type { StoredTensor } from '../safetensors/stored-tensor.js';
import { adaptChannels } from './adapt-channels.js';
import { adaptPosition } from './adapt-position.js';
import { adaptRelativeBias } from './adapt-relative-bias.js';

/** What two models may differ in and still share weights. */
export interface AdaptationGeometry {
  /** Tokens per axis. */
  readonly gridShape: Shape3;
  readonly inChannels: number;
  /** Tokens per attention window, of encoders that have a table of relative position biases. */
  readonly windowSize?: Shape3 | undefined;
}

/** A tensor made to fit, and what was done. */
export interface AdaptedTensor {
  readonly tensor: StoredTensor;
  readonly how: string;
}

const POSITION = /(^|\.)(pos_embed|position_embeddings?)$/;
const RELATIVE_BIAS = /(^|\.)relative_position_bias_table$/;
const EMBEDDING = /(^|\.)(patch_embed|patch_embedding)(\..+)?\.weight$/;

/**
 * Fits a position embedding to another token grid, a table of relative biases to another window, or
 * the weight of a patch embedding to another number of input channels. Which it is, is told by the parameter's name.
 *
 * Positions are `[…, tokens, channels]`, a leading class token is kept as it is. Patch weights are
 * `[out, in, d, h, w]`, or `[out, d · h · w · in]` with channels last.
 *
 * @returns `undefined` when none fits, or there is nothing to adapt
 */
export function adaptTensor(
  name: string,
  tensor: StoredTensor,
  targetShape: readonly number[],
  source: AdaptationGeometry,
  target: AdaptationGeometry,
): AdaptedTensor | undefined {
  if (POSITION.test(name)) return fitPosition(tensor, targetShape, source, target);
  if (RELATIVE_BIAS.test(name)) return fitRelativeBias(tensor, targetShape, source, target);
  if (EMBEDDING.test(name)) return fitChannels(tensor, targetShape, source, target);
  return undefined;
}

function fitPosition(
  { shape, values }: StoredTensor,
  targetShape: readonly number[],
  { gridShape: from }: AdaptationGeometry,
  { gridShape: to }: AdaptationGeometry,
): AdaptedTensor | undefined {
  if (from.join() === to.join()) return undefined;
  const channels = shape.at(-1) ?? 0;
  const extra = (shape.at(-2) ?? 0) - volumeOf(from);
  const fits =
    extra >= 0 &&
    extra <= 1 &&
    channels === targetShape.at(-1) &&
    targetShape.at(-2) === volumeOf(to) + extra;
  if (!fits) return undefined;
  const numbers = Float32Array.from(values);
  const leading = numbers.subarray(0, extra * channels);
  const grid = adaptPosition(numbers.subarray(extra * channels), from, to);
  const adapted = new Float32Array(leading.length + grid.length);
  adapted.set(leading);
  adapted.set(grid, leading.length);
  const how = `positions ${from.join('×')} → ${to.join('×')}`;
  return { tensor: { shape: targetShape, values: adapted }, how };
}

function fitRelativeBias(
  { shape, values }: StoredTensor,
  targetShape: readonly number[],
  { windowSize: from }: AdaptationGeometry,
  { windowSize: to }: AdaptationGeometry,
): AdaptedTensor | undefined {
  if (!from || !to || from.join() === to.join()) return undefined;
  const rows = (window: Shape3) => volumeOf(mapAxes(window, (extent) => 2 * extent - 1));
  const [heads] = shape.slice(1);
  if (shape[0] !== rows(from) || targetShape.join() !== [rows(to), heads].join()) return undefined;
  const adapted = adaptRelativeBias(Float32Array.from(values), from, to);
  const how = `windows ${from.join('×')} → ${to.join('×')}`;
  return { tensor: { shape: targetShape, values: adapted }, how };
}

function fitChannels(
  { shape, values }: StoredTensor,
  targetShape: readonly number[],
  { inChannels: from }: AdaptationGeometry,
  { inChannels: to }: AdaptationGeometry,
): AdaptedTensor | undefined {
  const expected = withChannels(shape, from, to);
  if (from === to || !expected || expected.join() !== targetShape.join()) return undefined;
  const inner = shape.length === 5 ? shape.slice(2).reduce((size, extent) => size * extent, 1) : 1;
  const adapted = adaptChannels(Float32Array.from(values), from, to, inner);
  return { tensor: { shape: targetShape, values: adapted }, how: `channels ${from} → ${to}` };
}

function withChannels(shape: readonly number[], from: number, to: number): number[] | undefined {
  const [out = 0, input = 0, ...kernel] = shape;
  if (shape.length === 5) return input === from ? [out, to, ...kernel] : undefined;
  return shape.length === 2 && input % from === 0 ? [out, (input / from) * to] : undefined;
}
