import { createRandom } from '@voxmim/core';

import { probeLinear, probeNearest, probeNearestValues, type ProbedCase } from './probe.js';

/** Two features: the first tells the class, the second is noise. */
function cases(count: number, from: number, gap: number): ProbedCase[] {
  return Array.from({ length: count }, (_, index) => {
    const random = createRandom(from + index, 'probe');
    const target = index % 2;
    const features = Float32Array.of(gap * target + 0.1 * random.normal(), random.normal());
    return { id: `${index}`, subject: `${index}`, features, target };
  });
}
const classes = ['a', 'b'];

it('finds what a feature tells, linearly and by neighbors', () => {
  const sides = { fitted: cases(40, 0, 1), judged: cases(20, 100, 1) };
  for (const found of [probeLinear(sides, classes), probeNearest(sides, classes)]) {
    expect(found.kind === 'classes' && found.summary.auc.mean).toBeGreaterThan(0.95);
  }
});

it('finds nothing where nothing is', () => {
  const sides = { fitted: cases(40, 0, 0), judged: cases(200, 100, 0) };
  const found = probeLinear(sides, classes);
  expect(found.kind === 'classes' && Math.abs(found.summary.auc.mean - 0.5)).toBeLessThan(0.15);
});

it('takes the mean of the nearest where values are to be met', () => {
  const one = (id: string, x: number, y: number, target: number) => ({
    ...{ id, subject: id, target },
    features: Float32Array.of(x, y),
  });
  const fitted = [one('a', 1, 0, 10), one('b', 1, 0.1, 20), one('c', -1, -0.1, 90)];
  const found = probeNearestValues({ fitted, judged: [one('d', 1, 0.05, 15)] }, 2);
  expect(found.kind === 'values' && found.cases[0]?.value).toBe(15);
});
