import { createRandom, type MaskStrategy, type Shape3 } from '@voxmim/core';
import { blockMasking, gridMasking, randomMasking, slabMasking } from '@voxmim/masking';

/** A mask as the page's controls describe it. */
export interface MaskChoice {
  readonly strategy: string;
  /** Share of tokens that are hidden; a grid has its own. */
  readonly maskRatio: number;
  readonly seed: number;
}

/** Strategies that look at no voxels. */
export const STRATEGIES: Readonly<Record<string, (maskRatio: number) => MaskStrategy>> = {
  random: (maskRatio) => randomMasking({ maskRatio }),
  block: (maskRatio) => blockMasking({ maskRatio, maxShare: 0.5 }),
  slab: (maskRatio) => slabMasking({ maskRatio, axis: 'depth' }),
  grid: () => gridMasking({ period: 2 }),
};

/** The flags of tokens that are hidden. */
export function drawMask(
  { strategy, maskRatio, seed }: MaskChoice,
  gridShape: Shape3,
  patchSize: Shape3,
): Uint8Array {
  const make = STRATEGIES[strategy] ?? ((ratio: number) => randomMasking({ maskRatio: ratio }));
  const random = createRandom(seed, 'mask');
  return make(maskRatio).sample({
    ...{ gridShape, patchSize, random, progress: 0 },
    voxels: new Float32Array(0),
  });
}
