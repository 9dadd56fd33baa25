import { createRandom, permutation, philox, xoshiro } from './random.js';

describe('philox', () => {
  it.each([
    {
      counter: [0, 0, 0, 0],
      key: [0, 0] as const,
      words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    },
    {
      counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      key: [0xffffffff, 0xffffffff] as const,
      words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0] as const,
      words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ])('gives the known answer of Random123 for $counter', ({ counter, key, words }) => {
    const block = Uint32Array.from(counter);
    philox(block, key[0], key[1]);
    expect([...block]).toEqual(words);
  });
});

it('xoshiro128++ gives the known answer of its authors', () => {
  const words = new Uint32Array(10);
  xoshiro(words, Uint32Array.of(1, 2, 3, 4));
  expect([...words]).toEqual([
    641, 1573767, 3222811527, 3517856514, 836907274, 4247214768, 3867114732, 1355841295, 495546011,
    621204420,
  ]);
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

  it('fills with bits of the next block, and goes on after it', () => {
    const draw = (before: number, length: number) => {
      const random = createRandom(3, 'bits');
      const bits = new Uint32Array(length);
      for (let n = 0; n < before; n++) random.uniform();
      random.fillBits(bits);
      return { bits: [...bits], after: random.uniform() };
    };
    expect(draw(1, 6)).toEqual(draw(4, 6));
    expect(draw(5, 6).bits).not.toEqual(draw(4, 6).bits);
    expect(draw(0, 6).bits).toEqual(draw(0, 9).bits.slice(0, 6));
    expect(draw(0, 6).after).toBe(draw(0, 9).after);
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
