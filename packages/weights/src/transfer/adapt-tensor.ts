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
 * Positions are `[…, tokens, channels]`, a leading row, a class token's, is kept as it is,
 * left out where the target has none, and zero where the source has none. Patch weights are
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
  const channels = shape.at(-1) ?? 0;
  const [had, has] = [
    (shape.at(-2) ?? 0) - volumeOf(from),
    (targetShape.at(-2) ?? 0) - volumeOf(to),
  ];
  const whole = [had, has].every((extra) => extra === 0 || extra === 1);
  const moved = from.join() !== to.join();
  if (!whole || channels !== targetShape.at(-1) || !(moved || had !== has)) return undefined;
  const numbers = Float32Array.from(values);
  const grid = numbers.subarray(had * channels);
  const leading = numbers.subarray(0, Math.min(had, has) * channels);
  const adapted = new Float32Array((has + volumeOf(to)) * channels);
  adapted.set(leading);
  adapted.set(moved ? adaptPosition(grid, from, to) : grid, has * channels);
  const how = [
    ...(moved ? [`positions ${from.join('×')} → ${to.join('×')}`] : []),
    ...(had > has ? ['class token’s position dropped'] : []),
    ...(had < has ? ['class token at position zero'] : []),
  ];
  return { tensor: { shape: targetShape, values: adapted }, how: how.join(', ') };
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
