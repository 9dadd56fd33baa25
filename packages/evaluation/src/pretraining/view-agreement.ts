import type { FeatureRows } from './effective-rank.js';

/** How well two views of one volume are told from views of others. */
export interface ViewAgreement {
  /** Mean cosine of the two views of a volume: 1 is perfect alignment. */
  readonly positives: number;
  /** Mean cosine of views of different volumes; as high as `positives` where features collapse. */
  readonly negatives: number;
  /** Share of the 2N views that are nearer to their partner than to every other. */
  readonly top1: number;
}

/**
 * Compares each of 2N views with the 2N - 1 others, as a contrastive loss does, without its
 * temperature. Guessing finds a partner with chance `1 / (2N - 1)`; where all are alike, none is found.
 *
 * @param first rows of length 1, one for each of N > 1 volumes
 * @param second the other view of each
 */
export function viewAgreement(first: FeatureRows, second: FeatureRows): ViewAgreement {
  const { width } = first;
  const count = first.values.length / width;
  const rows = Array.from({ length: 2 * count }, (_, view) => {
    const [{ values }, row] = view < count ? [first, view] : [second, view - count];
    return values.subarray(row * width, (row + 1) * width);
  });
  let [positives, negatives, found] = [0, 0, 0];
  rows.forEach((view, at) => {
    const partner = (at + count) % rows.length;
    const cosines = rows.map((other) => dot(view, other));
    const others = cosines.filter((_, other) => other !== at && other !== partner);
    const toPartner = cosines[partner] ?? NaN;
    positives += toPartner;
    negatives += others.reduce((sum, cosine) => sum + cosine, 0) / others.length;
    if (others.every((cosine) => cosine < toPartner)) found += 1;
  });
  return {
    positives: positives / rows.length,
    negatives: negatives / rows.length,
    top1: found / rows.length,
  };
}

function dot(left: Float32Array, right: Float32Array): number {
  return left.reduce((sum, value, at) => sum + value * (right[at] ?? 0), 0);
}
