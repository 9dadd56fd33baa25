import { tile } from './shapes.js';

it('counts whole tokens per axis', () => {
  expect(tile([96, 48, 32], [16, 8, 4])).toEqual([6, 6, 8]);
});

it('refuses a shape that the token does not divide, with both named', () => {
  expect(() => tile([97, 96, 96], [16, 16, 16])).toThrow(
    'Shape [97, 96, 96] is not divisible by [16, 16, 16].',
  );
});
