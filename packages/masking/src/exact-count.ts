/** How many of `tokens` to hide: the nearest whole number, but never none and never all. */
export function exactly(tokens: number, ratio: number): number {
  return Math.min(Math.max(Math.round(tokens * ratio), 1), Math.max(tokens - 1, 1));
}
