import { createRandom, permutation, philox } from './random.js';

describe('philox', () => {
  it.each([
    {
      counter: [0, 0, 0, 0] as [number, number, number, number],
      key: [0, 0] as const,
      words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    },
    {
      counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff] as [number, number, number, number],
      key: [0xffffffff, 0xffffffff] as const,
      words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344] as [number, number, number, number],
      key: [0xa4093822, 0x299f31d0] as const,
      words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ])('gives the known answer of Random123 for $counter', ({ counter, key, words }) => {
    expect(philox(counter, key[0], key[1])).toEqual(words);
  });
});

describe('createRandom', () => {
  it('depends on seed and key only', () => {
    const draw = (seed: number, ...key: (string | number)[]) => {
      const random = createRandom(seed, ...key);
      return Array.from({ length: 9 }, () => random.uniform());
    };
    expect(draw(1, 'crop', 2)).toEqual(draw(1, 'crop', 2));
    expect(draw(1, 'crop', 2)).not.toEqual(draw(1, 'crop', 3));
    expect(draw(1, 'crop', 2)).not.toEqual(draw(1, 'crop', '2'));
    expect(draw(1, 'crop', 2)).not.toEqual(draw(2, 'crop', 2));
  });

  it('derives the same stream whatever the parent has drawn', () => {
    const parent = createRandom(5, 'epoch', 1);
    const before = parent.stream('sample', 7).uniform();
    parent.uniform();
    expect(parent.stream('sample', 7).uniform()).toBe(before);
    expect(createRandom(5, 'epoch', 1, 'sample', 7).uniform()).toBe(before);
  });

  it('has the mean and variance of uniform and normal numbers', () => {
    const random = createRandom(0);
    const count = 20_000;
    const uniforms = Array.from({ length: count }, () => random.uniform());
    const normals = Array.from({ length: count }, () => random.normal());
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / count;
    expect(mean(uniforms)).toBeCloseTo(0.5, 1);
    expect(mean(normals)).toBeCloseTo(0, 1);
    expect(mean(normals.map((value) => value * value))).toBeCloseTo(1, 1);
  });
});

describe('permutation', () => {
  it('holds every index once and puts each at every place equally often', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 600; seed++) {
      const order = [...permutation(3, createRandom(seed))];
      expect([...order].sort()).toEqual([0, 1, 2]);
      counts.set(order.join(), (counts.get(order.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    expect(Math.min(...counts.values())).toBeGreaterThan(60);
  });
});
