import { backend_util } from '@tensorflow/tfjs-core';
import { record } from './recorder.js';
import { shapeText, type Value } from './value.js';

/** How a product takes its operands. */
export interface ProductOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Factor of the product, free of cost. */
  readonly alpha?: number;
}

/** Matrix product over the last two axes, the others broadcast. */
export function matMul(a: Value, b: Value, options: ProductOptions = {}): Value {
  const { transposeA = false, transposeB = false, alpha = 1 } = options;
  const inner = [a.shape[a.rank - (transposeA ? 2 : 1)], b.shape[b.rank - (transposeB ? 1 : 2)]];
  if (a.rank < 2 || b.rank < 2 || inner[0] !== inner[1]) {
    throw new RangeError(`${shapeText(a.shape)} and ${shapeText(b.shape)} have no product`);
  }
  const rows = a.shape[a.rank - (transposeA ? 1 : 2)] ?? 1;
  const columns = b.shape[b.rank - (transposeB ? 2 : 1)] ?? 1;
  const batch = backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const output = { dtype: a.dtype, shape: [...batch, rows, columns] };
  if (!transposeA && !transposeB && alpha === 1) return record('MatMul', [a, b], output);
  const attributes = {
    transA: transposeA ? 1 : 0,
    transB: transposeB ? 1 : 0,
    alpha: { float: alpha },
  };
  return record('FusedMatMul', [a, b], output, attributes, 'com.microsoft');
}
