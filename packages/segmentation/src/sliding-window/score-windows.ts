import { parseConfig, type Shape3, type Volume, VoxmimError, volumeOf } from '@voxmim/core';
import type * as z from 'zod';

import { SlidingWindowConfig } from './sliding-window-config.js';
import { WindowBlend } from './window-blend.js';
import { planWindows, type WindowPlan, windowWeights } from './windows.js';

/** Windows of a volume: `[B, ...roi, C]`. */
export interface WindowBatch {
  readonly values: Float32Array;
  readonly shape: readonly [number, number, number, number, number];
}

/** A model over plain arrays, whatever runs it: `[B, ...roi, C]` to `[B, ...roi, classes]`. */
export type ScoreWindows = (windows: WindowBatch) => Promise<WindowBatch>;

/** {@link SlidingWindowConfig} with its defaults open, and what a config file cannot hold. */
export type SlidingWindowOptions = z.input<typeof SlidingWindowConfig> & {
  /** Called after each batch with the number of windows done and of all. */
  readonly onProgress?: (done: number, total: number) => void;
  /** What the volume is, such as its file; leads messages. */
  readonly origin?: string;
  /** An `AbortSignal`: ends the work between two batches, which then rejects with its reason. */
  readonly signal?: { throwIfAborted(): void };
  /** Given every row of blended logits beside what is decided by them, each once and in order. */
  readonly onLogits?: LogitSink;
};

/** Takes one row of a volume: `[W, C]` logits, to be copied, the first of voxel `at`. */
export type LogitSink = (line: Float32Array, at: number, channels: number) => void;

/**
 * Labels each voxel with the class of the largest blended logit. Holds logits for one window's
 * depth at a time. `mirror` is the affair of `score`.
 *
 * @returns labels on the grid of `volume`
 * @throws `INVALID_CONFIG`; `SHAPE_MISMATCH` when `score` returns another grid; `INVALID_DATA` when
 *   a logit is not finite: its label would be a plausible 0
 */
export async function labelWindows(
  volume: Volume<Float32Array>,
  score: ScoreWindows,
  options: SlidingWindowOptions,
): Promise<Volume<Uint8Array>> {
  const labels = new Uint8Array(volumeOf(volume.shape));
  await slide(volume, score, options, (channels) => (line, at) => {
    for (let cell = 0; cell * channels < line.length; cell++)
      labels[at + cell] = largest(line, cell * channels, channels);
  });
  return { data: labels, shape: volume.shape, channels: 1, affine: volume.affine };
}

/**
 * Like {@link labelWindows}, for channels that may overlap: each is 1 where its own sigmoid is above
 * one half.
 *
 * @returns masks on the grid of `volume`, one channel per region
 */
export async function regionWindows(
  volume: Volume<Float32Array>,
  score: ScoreWindows,
  options: SlidingWindowOptions,
): Promise<Volume<Uint8Array>> {
  let masks = new Uint8Array(0);
  let regions = 0;
  await slide(volume, score, options, (channels) => {
    regions = channels;
    masks = new Uint8Array(volumeOf(volume.shape) * channels);
    return (line, at) =>
      masks.set(
        line.map((logit) => Number(logit > 0)),
        at * channels,
      );
  });
  return { data: masks, shape: volume.shape, channels: regions, affine: volume.affine };
}

/** Like {@link labelWindows}, but returns the blended logits themselves, one channel per class. */
export async function logitWindows(
  volume: Volume<Float32Array>,
  score: ScoreWindows,
  options: SlidingWindowOptions,
): Promise<Volume<Float32Array>> {
  let logits = new Float32Array(0);
  let classes = 0;
  await slide(volume, score, options, (channels) => {
    classes = channels;
    logits = new Float32Array(volumeOf(volume.shape) * channels);
    return (line, at) => logits.set(line, at * channels);
  });
  return { data: logits, shape: volume.shape, channels: classes, affine: volume.affine };
}

/** Takes one row of the volume: `[W, C]` logits, the first of voxel `at`. */
type LineSink = (line: Float32Array, at: number) => void;

async function slide(
  volume: Volume<Float32Array>,
  scoreBatch: ScoreWindows,
  { onProgress, signal, onLogits, origin = 'The volume', ...options }: SlidingWindowOptions,
  open: (channels: number) => LineSink,
): Promise<void> {
  const config = parseConfig(SlidingWindowConfig, options, 'sliding window');
  const { roi, overlap } = config;
  const perAxis: Shape3 = typeof overlap === 'number' ? [overlap, overlap, overlap] : overlap;
  const plan = planWindows(volume.shape, roi, perAxis);
  const weights = windowWeights(roi, config.mode, config.sigmaScale);
  let blend: WindowBlend | undefined;
  for (let done = 0; done < plan.starts.length; done += config.batch) {
    signal?.throwIfAborted();
    const starts = plan.starts.slice(done, done + config.batch);
    const { values: logits, channels } = await score(volume, plan, starts, scoreBatch);
    checkFinite(logits, starts, origin);
    blend ??= new WindowBlend(
      plan,
      weights,
      channels,
      cropped(volume, plan, channels, heard(open(channels), channels, onLogits)),
    );
    for (const [index, start] of starts.entries())
      blend.add(start, logits, index * weights.length * channels);
    onProgress?.(done + starts.length, plan.starts.length);
  }
  blend?.finish();
}

/** A sink whose rows somebody else is given too. */
function heard(sink: LineSink, channels: number, listener: LogitSink | undefined): LineSink {
  if (!listener) return sink;
  return (line, at) => {
    listener(line, at, channels);
    sink(line, at);
  };
}

async function score(
  volume: Volume<Float32Array>,
  plan: WindowPlan,
  starts: readonly Shape3[],
  scoreBatch: ScoreWindows,
): Promise<{ values: Float32Array; channels: number }> {
  const values = cutWindows(volume, plan, starts);
  const found = await scoreBatch({ values, shape: [starts.length, ...plan.roi, volume.channels] });
  checkOutput(found.shape, starts.length, plan.roi);
  return { values: found.values, channels: found.shape[4] };
}

/** `[B, ...roi, C]`; zeros where a window leaves the volume. */
function cutWindows(
  { data, shape, channels }: Volume<Float32Array>,
  { roi, padding }: WindowPlan,
  starts: readonly Shape3[],
): Float32Array {
  const windows = new Float32Array(starts.length * volumeOf(roi) * channels);
  const [depth, height, width] = roi;
  for (const [index, start] of starts.entries()) {
    const [d0, h0, w0] = [start[0] - padding[0], start[1] - padding[1], start[2] - padding[2]];
    const from = Math.max(0, w0);
    const to = Math.min(shape[2], w0 + width);
    for (let d = Math.max(0, -d0); d < Math.min(depth, shape[0] - d0); d++) {
      for (let h = Math.max(0, -h0); h < Math.min(height, shape[1] - h0); h++) {
        const source = ((d0 + d) * shape[1] + h0 + h) * shape[2];
        const target = ((index * depth + d) * height + h) * width + from - w0;
        windows.set(
          data.subarray((source + from) * channels, (source + to) * channels),
          target * channels,
        );
      }
    }
  }
  return windows;
}

/** Drops the padding from finished planes and hands on what is left, line by line. */
function cropped(
  { shape }: Volume,
  { padding, shape: padded }: WindowPlan,
  channels: number,
  sink: LineSink,
): (start: number, planes: Float32Array) => void {
  const [depth, height, width] = shape;
  return (start, planes) => {
    const count = planes.length / (padded[1] * padded[2] * channels);
    for (let plane = 0; plane < count; plane++) {
      const d = start + plane - padding[0];
      if (d < 0 || d >= depth) continue;
      for (let h = 0; h < height; h++) {
        const cell = (plane * padded[1] + h + padding[1]) * padded[2] + padding[2];
        const line = planes.subarray(cell * channels, (cell + width) * channels);
        sink(line, (d * height + h) * width);
      }
    }
  };
}

function largest(values: Float32Array, from: number, count: number): number {
  let best = 0;
  for (let index = 1; index < count; index++) {
    if (values[from + index]! > values[from + best]!) best = index;
  }
  return best;
}

function checkFinite(logits: Float32Array, starts: readonly Shape3[], origin: string): void {
  const at = logits.findIndex((logit) => !Number.isFinite(logit));
  if (at < 0) return;
  const start = starts[Math.floor((at * starts.length) / logits.length)] ?? [];
  const reason = `the model scores it with ${logits[at]}, first in the window at [${start.join(', ')}]`;
  throw new VoxmimError(
    'INVALID_DATA',
    `${origin} cannot be segmented: ${reason}.`,
    'Check its intensities and the preprocessing; a model that does so everywhere is damaged.',
    { path: origin, reason },
  );
}

function checkOutput(shape: readonly number[], batch: number, roi: Shape3): void {
  const expected = [batch, ...roi];
  if (expected.every((extent, axis) => shape[axis] === extent)) return;
  throw new VoxmimError(
    'SHAPE_MISMATCH',
    `The model returned [${shape.join(', ')}] for windows of [${expected.join(', ')}].`,
    'Return one vector of logits per voxel of the window.',
    { expected: `[${expected.join(', ')}, classes]`, received: shape },
  );
}
