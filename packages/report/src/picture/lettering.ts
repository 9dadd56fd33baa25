import { fillBox, type Color, type Raster } from './raster.js';

/**
 * Letters of five by seven pixels for what a PNG must say by itself. Each is seven rows from the top,
 * one base-32 digit per row, whose bits are its pixels from the left.
 */
const GLYPHS: Readonly<Record<string, string>> = {
  ' ': '0000000',
  '0': 'ehjlphe',
  '1': '4c4444e',
  '2': 'eh1248v',
  '3': 'v2421he',
  '4': '26aiv22',
  '5': 'vgu11he',
  '6': '68guhhe',
  '7': 'v124888',
  '8': 'ehhehhe',
  '9': 'ehhf12c',
  A: 'ehhvhhh',
  B: 'uhhuhhu',
  C: 'ehggghe',
  D: 'uhhhhhu',
  E: 'vgguggv',
  F: 'vgguggg',
  G: 'ehgnhhe',
  H: 'hhhvhhh',
  I: 'e44444e',
  J: '72222ic',
  K: 'hikokih',
  L: 'ggggggv',
  M: 'hrllhhh',
  N: 'hhpljhh',
  O: 'ehhhhhe',
  P: 'uhhuggg',
  Q: 'ehhhlid',
  R: 'uhhukih',
  S: 'fgge11u',
  T: 'v444444',
  U: 'hhhhhhe',
  V: 'hhhhha4',
  W: 'hhhllla',
  X: 'hha4ahh',
  Y: 'hhha444',
  Z: 'v1248gv',
  '.': '00000cc',
  ',': '0000c48',
  ':': '0cc0cc0',
  '-': '000v000',
  '+': '044v440',
  '/': '01248g0',
  '(': '2488842',
  ')': '8422248',
  _: '000000v',
  '%': 'op248j3',
  '?': 'eh12404',
};

const ADVANCE = 6;

/** Pixels from the left of `text` to where the next letter would start. */
export function textWidth(text: string, size = 1): number {
  return Array.from(text).length * ADVANCE * size;
}

/**
 * Writes `text` in capitals with its upper left corner at `(left, top)`; a letter that is not in the
 * small set becomes `?`.
 *
 * @param size pixels per dot: letters are `7 · size` high
 */
export function drawText(
  raster: Raster,
  text: string,
  { left, top, size = 1, color }: { left: number; top: number; size?: number; color: Color },
): void {
  Array.from(text.toUpperCase()).forEach((letter, index) => {
    const rows = GLYPHS[letter] ?? GLYPHS['?'] ?? '';
    Array.from(rows).forEach((row, y) => {
      const bits = Number.parseInt(row, 32);
      for (let x = 0; x < 5; x += 1) {
        if (((bits >> (4 - x)) & 1) === 0) continue;
        const dot = { left: left + (index * ADVANCE + x) * size, top: top + y * size };
        fillBox(raster, { ...dot, width: size, height: size }, color);
      }
    });
  });
}
