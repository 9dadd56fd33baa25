import {
  createRandom,
  volumeOf,
  zipAxes,
  type MaskContext,
  type MaskStrategy,
  type Random,
  type Shape3,
} from '@voxmim/core';

import { expectSame, expectThat } from './assertion.js';
import type { TestRunner } from './test-runner.js';

/** Where a mask strategy is tried. */
export interface MaskStrategyCase {
  /** Tokens per axis. Defaults to several, cubic and not. */
  readonly gridShapes?: readonly Shape3[];
  /** Voxels per token. Defaults to `[2, 4, 3]`. */
  readonly patchSize?: Shape3;
  /** Whether every stream draws the same mask, as a fixed grid does. Defaults to false. */
  readonly deterministic?: boolean;
}

/**
 * Declares the tests that every mask strategy must pass. Needs no backend.
 *
 * @example
 * testMaskStrategyConformance({ describe, it }, () => randomMasking({ maskRatio: 0.75 }));
 */
export function testMaskStrategyConformance(
  runner: TestRunner,
  create: () => MaskStrategy,
  options: MaskStrategyCase = {},
): void {
  const { gridShapes = defaultGrids, patchSize = [2, 4, 3], deterministic = false } = options;
  const [firstGrid = [2, 2, 2]] = gridShapes;
  const draw: Draw = (gridShape, seed, progress = 0) =>
    create().sample(contextFor(gridShape, patchSize, createRandom(seed), progress));
  const it = (name: string, body: () => void) => {
    runner.it(name, () => Promise.resolve().then(body));
  };

  runner.describe('mask strategy contract', () => {
    for (const gridShape of gridShapes) {
      it(`hides as many tokens of every sample on ${gridShape.join(' × ')}`, () => {
        for (const progress of [0, 0.5, 1]) expectOneCount(draw, gridShape, progress);
      });
    }
    it('draws the same mask from the same stream', () => {
      for (const gridShape of gridShapes) {
        expectSame(draw(gridShape, 1).join(), draw(gridShape, 1).join(), 'masks of one stream');
      }
    });
    it('draws as its stream says', () => {
      const different = new Set(seeds.map((seed) => draw(firstGrid, seed).join())).size;
      expectThat(
        deterministic ? different === 1 : different > 1,
        () => `${seeds.length} streams drew ${different} different masks.`,
      );
    });
    it('leaves the voxels alone', () => {
      const context = contextFor(firstGrid, patchSize, createRandom(1), 0);
      const before = context.voxels.join();
      create().sample(context);
      expectSame(context.voxels.join(), before, 'voxels after drawing');
    });
  });
}

type Draw = (gridShape: Shape3, seed: number, progress?: number) => Uint8Array;

function expectOneCount(draw: Draw, gridShape: Shape3, progress: number): void {
  const tokens = volumeOf(gridShape);
  const counts = seeds.map((seed) => {
    const flags = draw(gridShape, seed, progress);
    expectSame(flags.length, tokens, 'number of flags');
    const binary = flags.every((flag) => flag <= 1);
    expectThat(binary, () => 'Flags must be 0 or 1.');
    return flags.reduce((sum, flag) => sum + flag, 0);
  });
  expectSame(new Set(counts).size, 1, 'different counts of hidden tokens');
  const [hidden = 0] = counts;
  const some = hidden > 0 && hidden < tokens;
  expectThat(some, () => `${hidden} of ${tokens} tokens are hidden: hide some, not all.`);
}

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
const defaultGrids: readonly Shape3[] = [
  [4, 4, 4],
  [2, 6, 4],
  [6, 2, 8],
];

function contextFor(
  gridShape: Shape3,
  patchSize: Shape3,
  random: Random,
  progress: number,
): MaskContext {
  const voxels = volumeOf(zipAxes(gridShape, patchSize, (extent, size) => extent * size));
  const texture = createRandom(volumeOf(gridShape), 'voxels');
  return {
    gridShape,
    patchSize,
    random,
    progress,
    voxels: Float32Array.from({ length: voxels }, () => texture.uniform()),
  };
}
