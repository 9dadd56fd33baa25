import { wrapped } from './wrapped.js';

it('breaks long sentences between words, indented after the first line', () => {
  expect(wrapped('one two three four', 9)).toBe('one two\n  three\n  four');
  expect(wrapped('  one two three', 9)).toBe('  one two\n    three');
});

it('leaves short lines, tables and long names', () => {
  const table = 'class      Dice                  NSD';
  expect(wrapped(`short\n${table}`, 20)).toBe(`short\n${table}`);
  expect(wrapped('/a/very/long/name', 9)).toBe('/a/very/long/name');
});

it('makes no line wider than can be read, on the widest screen', () => {
  const lines = wrapped('word '.repeat(100).trim(), 300).split('\n');
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(110);
});
