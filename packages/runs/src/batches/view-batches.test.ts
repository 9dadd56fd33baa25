import { affineOf } from '@voxmim/core';
import type { SampleRequest, SampleSource } from '@voxmim/datasets/node';

import { ViewBatches } from './view-batches.js';

const geometry = {
  inputShape: [4, 6, 8],
  inChannels: 1,
  patchSize: [2, 2, 2],
  gridShape: [2, 3, 4],
  embedDim: 4,
} as const;

/** Writes the number of each request into its crop. */
function recording(requests: SampleRequest[]): SampleSource {
  return {
    draw: (request, { voxels }) => {
      voxels.fill(requests.push(request));
      return Promise.resolve({ id: request.id, affine: affineOf([1, 1, 1]) });
    },
    ensureCached: () => Promise.resolve(false),
    close: () => Promise.resolve(),
  };
}

async function requestsOf(viewOverlap: number) {
  const requests: SampleRequest[] = [];
  const options = {
    ...{ samples: recording(requests), ids: ['a', 'b', 'c'], seed: 1, crop: geometry.inputShape },
    ...{ batchSize: 2, optimizer: { accumulate: 1 }, steps: 10, geometry },
  };
  const batch = await new ViewBatches(options, viewOverlap).load(3, 0);
  return { requests, batch };
}

it('takes two crops of each case near one another, each augmented by itself', async () => {
  const { requests, batch } = await requestsOf(0.5);
  const [first, , second] = requests;
  expect(requests.map(({ id }) => id)).toEqual([...batch.sampleIds, ...batch.sampleIds]);
  expect(second?.crop).toEqual(first?.crop);
  expect(second?.augment).not.toEqual(first?.augment);
  expect([first?.move, second?.move?.most]).toEqual([undefined, [2, 3, 4]]);
  expect([batch.voxels[0], batch.otherVoxels[0]]).toEqual([1, 3]);
  expect(batch).not.toHaveProperty('mask');
});

it.each([
  [1, [0, 0, 0]],
  [0.7, [1, 1, 2]],
  [0, [4, 6, 8]],
])('with an overlap of %d moves by at most %j voxels', async (overlap, most) => {
  const { requests } = await requestsOf(overlap);
  expect(requests.at(-1)?.move?.most).toEqual(most);
});
