import { drawTrainingCrops, medianOf } from './median-crop.js';

describe('medianOf', () => {
  it.each([
    [[[3], [1], [2]], [2]],
    [[[1, 9], [3, 7]], [2, 8]], // prettier-ignore
    [[[5, -1]], [5, -1]],
  ])('takes of %j the middle of each place: %j', (pictures, median) => {
    expect([...medianOf(pictures.map((values) => Float32Array.from(values)))]).toEqual(median);
  });
});

describe('drawTrainingCrops', () => {
  const drawn: string[] = [];
  const samples = {
    draw: ({ id }: { readonly id: string }, { voxels }: { readonly voxels: Float32Array }) => {
      drawn.push(id);
      voxels.fill(drawn.length);
      return Promise.resolve({ id, affine: [], origin: [0, 0, 0] } as never);
    },
  };
  const source = { samples, ids: ['a', 'b', 'c'], crop: [2, 2, 2] as const, inChannels: 1 };

  it('takes two hundred, of each case as many', async () => {
    drawn.length = 0;
    expect(await drawTrainingCrops(source)).toHaveLength(200);
    expect(drawn.slice(0, 4)).toEqual(['a', 'b', 'c', 'a']);
  });

  it('takes fewer where they are large', async () => {
    expect(await drawTrainingCrops(source, 20)).toHaveLength(2);
  });
});
