/** A header is padded so that the numbers begin at a multiple of this. */
const ALIGNMENT = 64;

/**
 * Rows of equal width as a NumPy file, version 1.0: float32, `[rows, width]`.
 *
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function npyOf(rows: readonly Float32Array[]): Uint8Array {
  const width = rows[0]?.length ?? 0;
  const facts = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows.length}, ${width}), }`;
  const before = 10 + facts.length + 1;
  const padded = Math.ceil(before / ALIGNMENT) * ALIGNMENT;
  const header = `${facts}${' '.repeat(padded - before)}\n`;
  const bytes = new Uint8Array(padded + rows.length * width * 4);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  const view = new DataView(bytes.buffer);
  view.setUint16(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), 10);
  rows.forEach((row, index) => {
    row.forEach((value, at) => view.setFloat32(padded + (index * width + at) * 4, value, true));
  });
  return bytes;
}
