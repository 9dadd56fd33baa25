import { printable } from './printable.js';

it('leaves text of any language and its lines alone', () => {
  const text = 'Läsion\t3,5 mm\n左心室 × 2 🫀';
  expect(printable(text)).toBe(text);
});

it.each([
  ['a screen that is cleared', 'a\u001b[2Jb', 'a\ufffd[2Jb'],
  ['a title that is set', '\u001b]0;owned\u0007', '\ufffd]0;owned\ufffd'],
  ['the same as one character', '\u009b2J', '\ufffd2J'],
  ['a line that is written over', 'Dice 0.1\rDice 0.9', 'Dice 0.1\ufffdDice 0.9'],
  ['text that is taken back', 'ab\b\u007f', 'ab\ufffd\ufffd'],
  ['text that runs backwards', '\u202egpj.exe', '\ufffdgpj.exe'],
])('takes the effect of %s', (_, text, shown) => {
  expect(printable(text)).toBe(shown);
});
