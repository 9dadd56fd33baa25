import { damagedPixels } from './damaged.js';

/**
 * Decodes one RLE frame to little-endian samples.
 *
 * Source: DICOM PS3.5, annex G: one PackBits segment for each byte of a sample, most significant first.
 *
 * @throws `INVALID_FILE`
 */
export function decodeRle(
  frame: Uint8Array,
  { samples, bytesPerSample }: { readonly samples: number; readonly bytesPerSample: number },
  path: string,
): Uint8Array<ArrayBuffer> {
  const header = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 64 || header.getUint32(0, true) !== bytesPerSample) {
    throw damagedPixels(path, 'its RLE header does not fit its bits per sample');
  }
  const decoded = new Uint8Array(samples * bytesPerSample);
  for (let segment = 0; segment < bytesPerSample; segment++) {
    const start = header.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < bytesPerSample ? header.getUint32(8 + 4 * segment, true) : undefined;
    const plane = { offset: bytesPerSample - 1 - segment, step: bytesPerSample };
    const count = unpack(frame.subarray(start, end), decoded, plane);
    if (count < samples) throw damagedPixels(path, 'an RLE segment ends early');
  }
  return decoded;
}

/** PackBits into every `step`-th byte from `offset`; how many were written. */
function unpack(
  packed: Uint8Array,
  target: Uint8Array,
  { offset, step }: { readonly offset: number; readonly step: number },
): number {
  let to = offset;
  let from = 0;
  while (from < packed.length && to < target.length) {
    const control = packed[from++];
    if (control === 128) continue;
    const isRun = control > 128;
    const count = isRun ? 257 - control : control + 1;
    for (let index = 0; index < count && to < target.length && from < packed.length; index++) {
      target[to] = packed[from];
      to += step;
      if (!isRun) from += 1;
    }
    if (isRun) from += 1;
  }
  return Math.floor((to - offset) / step);
}
