import type { Color } from './raster.js';

/**
 * Colors of classes 1, 2, 3, …. The first seven are Okabe and Ito's, ordered for contrast on gray;
 * they stay apart for the common kinds of color blindness. The rest are Paul Tol's light scheme.
 */
const LABEL_COLORS: readonly [Color, ...Color[]] = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [213, 94, 0],
  [204, 121, 167],
  [0, 114, 178],
  [187, 204, 51],
  [238, 136, 102],
  [119, 170, 221],
  [255, 170, 187],
  [170, 170, 0],
  [153, 221, 255],
  [238, 221, 136],
];

/** Anchors of matplotlib's "inferno" scale, evenly spaced: darker is less, also in grayscale. */
const SEQUENTIAL: readonly Color[] = [
  [0, 0, 4],
  [40, 11, 84],
  [101, 21, 110],
  [159, 42, 99],
  [212, 72, 66],
  [245, 125, 21],
  [250, 193, 39],
  [252, 255, 164],
];

/** Paul Tol's blue to red scale with a white middle. */
const DIVERGING: readonly Color[] = [
  [33, 102, 172],
  [67, 147, 195],
  [146, 197, 222],
  [209, 229, 240],
  [247, 247, 247],
  [253, 219, 199],
  [244, 165, 130],
  [214, 96, 77],
  [178, 24, 43],
];

/**
 * The color of a class in every picture and legend.
 *
 * @param label 1 or more; beyond 14 classes colors repeat, and only the legend tells them apart
 */
export function labelColor(label: number): Color {
  return LABEL_COLORS[(label - 1) % LABEL_COLORS.length] ?? LABEL_COLORS[0];
}

/** From dark (0) to bright (1); values outside are clipped. */
export function sequentialColor(share: number): Color {
  return along(SEQUENTIAL, share);
}

/** From blue (-1) over white (0) to red (1); values outside are clipped. */
export function divergingColor(share: number): Color {
  return along(DIVERGING, (share + 1) / 2);
}

/** `#rrggbb`, for CSS. */
export function cssColor(color: Color): string {
  return `#${color.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

function along(scale: readonly Color[], share: number): Color {
  const place = Math.min(1, Math.max(0, Number.isNaN(share) ? 0 : share)) * (scale.length - 1);
  const index = Math.min(scale.length - 2, Math.floor(place));
  const [low, high] = [scale[index]!, scale[index + 1]!];
  const mix = (channel: 0 | 1 | 2) =>
    Math.round(low[channel] + (high[channel] - low[channel]) * (place - index));
  return [mix(0), mix(1), mix(2)];
}
