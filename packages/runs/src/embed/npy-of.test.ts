import { npyOf } from './npy-of.js';

it('writes what numpy reads: magic, a padded header, little-endian numbers', () => {
  const bytes = npyOf([Float32Array.of(1, 2, 3), Float32Array.of(-0.5, 0, 4)]);
  const header = new TextDecoder('latin1').decode(bytes.subarray(0, 128));
  expect(header.slice(1, 6)).toBe('NUMPY');
  expect(header).toContain("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
  const start = 10 + new DataView(bytes.buffer).getUint16(8, true);
  expect(start % 64).toBe(0);
  expect(header[start - 1]).toBe('\n');
  expect([...new Float32Array(bytes.slice(start).buffer)]).toEqual([1, 2, 3, -0.5, 0, 4]);
});
