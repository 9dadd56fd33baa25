import type { backend_util } from '@tensorflow/tfjs-core';
import type { KernelCall } from './kernel-call.js';

/** How TF.js writes padding: a rule, one amount, or explicit amounts per axis. */
export type Padding = 'valid' | 'same' | number | backend_util.ExplicitPadding;

/** The padding attribute of a convolution or pooling. */
export function padding(call: KernelCall): Padding {
  const value: unknown = call.attributes['pad'];
  if (value === 'same' || value === 'valid' || typeof value === 'number') return value;
  const [first, second, third, fourth] = call.pairs('pad');
  const none: [number, number] = [0, 0];
  return [first ?? none, second ?? none, third ?? none, fourth ?? none];
}

/** The rounding attribute of a convolution or pooling. */
export function rounding(call: KernelCall): 'floor' | 'round' | 'ceil' | undefined {
  const value: unknown = call.attributes['dimRoundingMode'];
  return value === 'floor' || value === 'round' || value === 'ceil' ? value : undefined;
}

/** A two-axis attribute. */
export function pair(call: KernelCall, name: string): [number, number] {
  const [height = 1, width = 1] = call.perAxis(name, 2);
  return [height, width];
}

/** A three-axis attribute. */
export function triple(call: KernelCall, name: string): [number, number, number] {
  const [depth = 1, height = 1, width = 1] = call.perAxis(name, 3);
  return [depth, height, width];
}

/** Four extents as a tuple. */
export function tuple4(shape: readonly number[]): [number, number, number, number] {
  const [a = 1, b = 1, c = 1, d = 1] = shape;
  return [a, b, c, d];
}

/** Five extents as a tuple. */
export function tuple5(shape: readonly number[]): [number, number, number, number, number] {
  const [a = 1, b = 1, c = 1, d = 1, e = 1] = shape;
  return [a, b, c, d, e];
}

/** Whether channels come right after the batch. */
export function isChannelsFirst(call: KernelCall): boolean {
  return call.text('dataFormat', 'NHWC').startsWith('NC');
}
