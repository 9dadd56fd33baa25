import { createRandom } from '@voxmim/core';
import { testMaskStrategyConformance } from '@voxmim/testing';

import { blankMasking } from './blank-masking.js';

testMaskStrategyConformance({ describe, it }, () => blankMasking({ maskRatio: 0.6 }));

it.each([
  { maskRatio: 0.5, progress: 0, hidden: 15 },
  { maskRatio: { start: 0.2, end: 0.8 }, progress: 1, hidden: 24 },
])('hides $hidden of 30 tokens at $maskRatio', ({ maskRatio, progress, hidden }) => {
  const flags = blankMasking({ maskRatio }).sample({
    ...{ gridShape: [2, 3, 5], patchSize: [1, 1, 1], progress },
    ...{ random: createRandom(1), voxels: new Float32Array(30) },
  });

  expect(flags.reduce((sum, flag) => sum + flag, 0)).toBe(hidden);
});
