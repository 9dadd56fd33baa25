import { type Affine, type Shape3, type Vector3, type Volume, type VoxelArray } from '@voxmim/core';

/** The pole of the cubic B-spline's inverse filter. */
const POLE = Math.sqrt(3) - 2;

/**
 * Fills `result` with a cubic B-spline through the voxels, taken at `toSource` of each target index.
 * The volume is mirrored about its outer voxel centers; places beyond them take the border's value,
 * and further out than half a voxel `outside`.
 *
 * Source: Unser, "Splines: a perfect fit for signal and image processing", 1999; the numbers of
 * `scipy.ndimage.map_coordinates(order=3, mode="mirror")` within the volume.
 */
export function fillCubic(
  volume: Volume,
  [depth, height, width]: Shape3,
  [rowD, rowH, rowW]: Affine,
  result: VoxelArray,
  outside: number | 'border',
): void {
  const taps = new SplineTaps(volume);
  let target = 0;
  for (let d = 0; d < depth; d++) {
    for (let h = 0; h < height; h++) {
      for (let w = 0; w < width; w++) {
        const isInside = taps.moveTo([
          rowD[0] * d + rowD[1] * h + rowD[2] * w + rowD[3],
          rowH[0] * d + rowH[1] * h + rowH[2] * w + rowH[3],
          rowW[0] * d + rowW[1] * h + rowW[2] * w + rowW[3],
        ]);
        for (let c = 0; c < volume.channels; c++) {
          result[target++] = isInside || outside === 'border' ? taps.value(c) : outside;
        }
      }
    }
  }
}

/** The four neighbours and weights along each axis, around one place at a time. */
class SplineTaps {
  readonly #coefficients: Float64Array;
  readonly #shape: Shape3;
  readonly #strides: Shape3;
  readonly #offsets = new Int32Array(12);
  readonly #weights = new Float64Array(12);

  constructor(volume: Volume) {
    const { shape, channels } = volume;
    this.#shape = shape;
    this.#strides = [shape[1] * shape[2] * channels, shape[2] * channels, channels];
    this.#coefficients = Float64Array.from(volume.data);
    for (const axis of [0, 1, 2] as const) {
      prefilterAxis(this.#coefficients, shape[axis], this.#strides[axis]);
    }
  }

  /** Whether the place is within half a voxel of the volume. */
  moveTo(place: Vector3): boolean {
    let isInside = true;
    for (const axis of [0, 1, 2] as const) {
      const last = this.#shape[axis] - 1;
      const position = place[axis];
      isInside &&= position >= -0.5001 && position <= last + 0.5001;
      const clamped = position < 0 ? 0 : position > last ? last : position;
      const base = Math.min(Math.floor(clamped), Math.max(0, last - 1));
      const t = clamped - base;
      const at = axis * 4;
      this.#weights[at] = (1 - t) ** 3 / 6;
      this.#weights[at + 1] = 2 / 3 - t * t * (1 - t / 2);
      this.#weights[at + 2] = 2 / 3 - (1 - t) ** 2 * (1 - (1 - t) / 2);
      this.#weights[at + 3] = t ** 3 / 6;
      for (let tap = 0; tap < 4; tap++) {
        this.#offsets[at + tap] = mirrored(base - 1 + tap, last) * this.#strides[axis];
      }
    }
    return isInside;
  }

  value(channel: number): number {
    const [coefficients, offsets, weights] = [this.#coefficients, this.#offsets, this.#weights];
    let sum = 0;
    for (let d = 0; d < 4; d++) {
      for (let h = 0; h < 4; h++) {
        const row = offsets[d] + offsets[4 + h] + channel;
        const along =
          weights[8] * coefficients[row + offsets[8]] +
          weights[9] * coefficients[row + offsets[9]] +
          weights[10] * coefficients[row + offsets[10]] +
          weights[11] * coefficients[row + offsets[11]];
        sum += weights[d] * weights[4 + h] * along;
      }
    }
    return sum;
  }
}

function mirrored(index: number, last: number): number {
  if (last === 0) return 0;
  const period = 2 * last;
  const within = ((index % period) + period) % period;
  return within > last ? period - within : within;
}

/** Turns values into spline coefficients along one axis, in place; mirrored at the ends. */
function prefilterAxis(values: Float64Array, extent: number, stride: number): void {
  if (extent === 1) return;
  const block = extent * stride;
  for (let start = 0; start < values.length; start += block) {
    for (let lane = start; lane < start + stride; lane++) filterLine(values, lane, extent, stride);
  }
}

function filterLine(values: Float64Array, lane: number, extent: number, stride: number): void {
  const last = extent - 1;
  const gain = (1 - POLE) * (1 - 1 / POLE);
  for (let index = 0; index < extent; index++) values[lane + index * stride] *= gain;
  // The mirrored signal has the period 2 · last: its geometric sum is exact.
  let power = POLE;
  let sum = values[lane] + POLE ** last * values[lane + last * stride];
  for (let index = 1; index < last; index++) {
    sum += (power + POLE ** (2 * last - index)) * values[lane + index * stride];
    power *= POLE;
  }
  values[lane] = sum / (1 - POLE ** (2 * last));
  for (let index = 1; index < extent; index++) {
    values[lane + index * stride] += POLE * values[lane + (index - 1) * stride];
  }
  const end = lane + last * stride;
  values[end] = (POLE / (POLE * POLE - 1)) * (values[end] + POLE * values[end - stride]);
  for (let index = last - 1; index >= 0; index--) {
    const at = lane + index * stride;
    values[at] = POLE * (values[at + stride] - values[at]);
  }
}
