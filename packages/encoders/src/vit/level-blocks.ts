import type { VitConfig } from './config.js';

/**
 * The blocks, counted from 1, whose output a segmentation head gets beside the final norm.
 *
 * MONAI's UNETR takes `hidden_states[k · floor(depth / 4)]` for k = 1, 2, 3: blocks 4, 7 and 10 of
 * 12. Below four blocks that would be the first block three times; these take `ceil(k · depth / 4)`.
 */
export function levelBlocksOf({ depth, levelBlocks }: VitConfig): readonly number[] {
  if (levelBlocks) return levelBlocks;
  const block = (k: number) =>
    depth < 4 ? Math.ceil((k * depth) / 4) : 1 + k * Math.floor(depth / 4);
  return [1, 2, 3].map(block);
}
