type Three = readonly [number, number, number];

/** The white of D65. */
const WHITE: Three = [0.95047, 1, 1.08883];

/** A color of a screen as DICOM writes it: CIELab, each number stretched over 16 bits. */
export function cielabOf(color: Three): [number, number, number] {
  const [red, green, blue] = color.map(linear);
  const xyz: Three = [
    0.4124564 * red + 0.3575761 * green + 0.1804375 * blue,
    0.2126729 * red + 0.7151522 * green + 0.072175 * blue,
    0.0193339 * red + 0.119192 * green + 0.9503041 * blue,
  ];
  const [x, y, z] = xyz.map((value, index) => bent(value / WHITE[index]));
  const [lightness, a, b] = [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  const stretched = [lightness / 100, (a + 128) / 255, (b + 128) / 255].map((share) =>
    Math.round(Math.min(1, Math.max(0, share)) * 0xffff),
  );
  return [stretched[0], stretched[1], stretched[2]];
}

/** sRGB, 0 … 255, to light, 0 … 1. */
function linear(value: number): number {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function bent(value: number): number {
  return value > 216 / 24389 ? Math.cbrt(value) : (24389 / 27 / 116) * value + 16 / 116;
}
