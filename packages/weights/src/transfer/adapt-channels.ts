/**
 * Fits weights that read `source` input channels to `target` of them: one channel gets their sum,
 * several get them in turn, scaled by `source / target` so that activations keep their size.
 *
 * Source: timm's `adapt_input_conv`, for any two numbers.
 *
 * @param values `[outer, source, inner]`, row-major
 * @param inner values that lie behind each channel: voxels of a convolution kernel, 1 where
 *   channels come last
 * @returns `[outer, target, inner]`
 */
export function adaptChannels(
  values: Float32Array,
  source: number,
  target: number,
  inner: number,
): Float32Array<ArrayBuffer> {
  const outer = values.length / (source * inner);
  const adapted = new Float32Array(outer * target * inner);
  for (let block = 0; block < outer; block++) {
    for (let channel = 0; channel < Math.max(source, target); channel++) {
      const from = (block * source + (channel % source)) * inner;
      const to = (block * target + (channel % target)) * inner;
      if (target > 1 && channel >= target) break;
      for (let index = 0; index < inner; index++) {
        const value = values[from + index] ?? 0;
        const scaled = target === 1 ? value : (value * source) / target;
        adapted[to + index] = (adapted[to + index] ?? 0) + scaled;
      }
    }
  }
  return adapted;
}
