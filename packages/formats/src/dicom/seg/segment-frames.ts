import type { Volume } from '@voxmim/core';

/** One frame of a segmentation: the voxels of a segment in a slice. */
export interface SegmentFrame {
  /** Number of the segment, which is the label. */
  readonly segment: number;
  readonly slice: number;
}

/**
 * The frames of a label map: each slice of each segment that has a voxel there; of an empty map every slice
 * of the first segment, as a file must have one.
 *
 * @param segments how many there are
 */
export function framesOf({ data, shape }: Volume<Uint8Array>, segments: number): SegmentFrame[] {
  const [depth, height, width] = shape;
  const area = height * width;
  const has = new Uint8Array((segments + 1) * depth);
  data.forEach((label, index) => {
    if (label > 0 && label <= segments) has[label * depth + Math.floor(index / area)] = 1;
  });
  const places = Array.from({ length: segments * depth }, (_, index) => ({
    segment: 1 + Math.floor(index / depth),
    slice: index % depth,
  }));
  const filled = places.filter(({ segment, slice }) => has[segment * depth + slice] === 1);
  return filled.length > 0 ? filled : places.slice(0, depth);
}

/** The voxels of frames, one bit each, the first in the lowest bit; frames follow each other within bytes. */
export function packFrames(
  { data, shape }: Volume<Uint8Array>,
  frames: readonly SegmentFrame[],
): Uint8Array {
  const area = shape[1] * shape[2];
  const bytes = Math.ceil((frames.length * area) / 8);
  const packed = new Uint8Array(bytes + (bytes % 2));
  let bit = 0;
  for (const { segment, slice } of frames) {
    const end = (slice + 1) * area;
    for (let index = slice * area; index < end; index++, bit++) {
      if (data[index] === segment) packed[bit >> 3] |= 1 << (bit & 7);
    }
  }
  return packed;
}
