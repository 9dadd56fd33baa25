import { Matrix, SVD } from 'ml-matrix';

/** Vectors of one length, one after the other: features of tokens, embeddings of volumes. */
export interface FeatureRows {
  /** `[count, width]` */
  readonly values: Float32Array;
  readonly width: number;
}

/**
 * How many directions features use: the exponential of the entropy of their singular values, between
 * 1 (all on one line: collapsed) and the smaller side of the matrix.
 *
 * Source: RankMe, Garrido et al., arXiv:2210.02885. It was shown to go with what a linear probe
 * finds, without labels; it compares runs of one architecture, not architectures.
 *
 * @returns `NaN` where every feature is zero
 */
export function effectiveRank({ values, width }: FeatureRows): number {
  const rows = Array.from({ length: values.length / width }, (_, row) =>
    Array.from(values.subarray(row * width, (row + 1) * width)),
  );
  const { diagonal } = new SVD(new Matrix(rows), {
    autoTranspose: true,
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
  });
  const total = diagonal.reduce((sum, value) => sum + value, 0);
  const entropy = diagonal.reduce((sum, value) => {
    const share = value / total;
    return share === 0 ? sum : sum - share * Math.log(share);
  }, 0);
  return Math.exp(entropy);
}

/**
 * How far apart vectors of length 1 are: their standard deviation, averaged over coordinates, as a
 * share of what it is when they fill the sphere evenly. 0 is a collapse, 1 is the best there is.
 *
 * Source: the collapse monitor of SimSiam, Chen & He, arXiv:2011.10566, times the root of the width.
 */
export function embeddingSpread({ values, width }: FeatureRows): number {
  const count = values.length / width;
  let total = 0;
  for (let column = 0; column < width; column++) {
    let [sum, squares] = [0, 0];
    for (let at = column; at < values.length; at += width) {
      const value = values[at] ?? 0;
      sum += value;
      squares += value * value;
    }
    total += Math.sqrt(Math.max(squares / count - (sum / count) ** 2, 0));
  }
  return (total / width) * Math.sqrt(width);
}
