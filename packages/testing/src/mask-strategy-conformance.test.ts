import { type MaskContext, type MaskStrategy, permutation, volumeOf } from '@voxmim/core';

import { testFails } from './test-fails.js';
import { testMaskStrategyConformance } from './mask-strategy-conformance.js';

/** Hides half of the tokens, or `count` of them. */
function sample({ gridShape, random }: MaskContext, count = volumeOf(gridShape) / 2): Uint8Array {
  const flags = new Uint8Array(volumeOf(gridShape));
  for (const id of permutation(flags.length, random).subarray(0, count)) flags[id] = 1;
  return flags;
}

const grid = '4 × 4 × 4';
let drawn = 0;

const broken: [flaw: string, test: string, draw: MaskStrategy['sample']][] = [
  [
    'other numbers of hidden tokens in other samples',
    `hides as many tokens of every sample on ${grid}`,
    (context) => sample(context, 8 + context.random.integer(20)),
  ],
  ['no hidden token', `hides as many tokens of every sample on ${grid}`, (c) => sample(c, 0)],
  [
    'no visible token',
    `hides as many tokens of every sample on ${grid}`,
    (context) => sample(context).fill(1),
  ],
  [
    'flags other than 0 and 1',
    `hides as many tokens of every sample on ${grid}`,
    (context) => sample(context).map((flag) => 2 * flag),
  ],
  [
    'a flag too many',
    `hides as many tokens of every sample on ${grid}`,
    (context) => Uint8Array.of(...sample(context), 0),
  ],
  [
    'no token hidden when the training ends',
    `hides as many tokens of every sample on ${grid}`,
    (context) => sample(context, context.progress === 1 ? 0 : 10),
  ],
  [
    'randomness of its own',
    'draws the same mask from the same stream',
    (context) => sample({ ...context, random: context.random.stream(drawn++) }),
  ],
  [
    'no use for its stream',
    'draws as its stream says',
    (context) => sample(context).sort((left, right) => left - right),
  ],
  [
    'voxels changed',
    'leaves the voxels alone',
    (context) => {
      context.voxels[0] = 7;
      return sample(context);
    },
  ],
];

testMaskStrategyConformance({ describe, it }, () => ({ name: 'toy', sample }));

it.each(broken)('the mask kit fails a strategy with %s', async (_, test, draw) => {
  const create = () => ({ name: 'toy', sample: draw });

  expect(await testFails((runner) => testMaskStrategyConformance(runner, create), test)).toBe(true);
});

it('the mask kit fails a fixed mask that is not fixed', async () => {
  const create = () => ({ name: 'toy', sample });
  const declare: Parameters<typeof testFails>[0] = (runner) =>
    testMaskStrategyConformance(runner, create, { deterministic: true });

  expect(await testFails(declare, 'draws as its stream says')).toBe(true);
});
