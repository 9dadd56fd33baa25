import type { NamedConfig } from '@voxmim/core';

/** Voxels per axis of every training crop: no two alike, so that swapped axes show. */
export const crop = [16, 24, 32] as const;

/**
 * Fields that make a built-in component small enough for the grid. A component that is not listed
 * runs with its defaults.
 */
const tiny: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  vit: { patchSize: [8, 8, 8], embedDim: 24, depth: 4, numHeads: 2 },
  swin: {
    patchSize: [2, 2, 2],
    embedDim: 12,
    depths: [2, 1, 1],
    numHeads: [1, 2, 4],
    windowSize: [2, 3, 4],
  },
  van: { patchSize: [2, 2, 2], embedDims: [8, 16, 24], depths: [1, 1, 1], mlpRatios: [2, 2, 2] },
  grouped: { maskPatchSize: [8, 8, 16] },
  mae: { decoderEmbedDim: 24, decoderDepth: 1, decoderNumHeads: 2 },
  simclr: { projectionDim: 8 },
  unetr: { featureSize: 4 },
  swinUnetr: { featureSize: 12 },
  upernet: { channels: 16, channelsPerGroup: 8, poolScales: [1, 2] },
};

/** The config of a component for the grid. */
export function tinyConfig(name: string): NamedConfig {
  return { name, ...tiny[name] };
}
