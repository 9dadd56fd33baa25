import { createSchedule, scaledLearningRate, ScheduleConfig, warmupCosine } from './index.js';

describe('warmupCosine', () => {
  const schedule = warmupCosine({ learningRate: 2, steps: 14, warmupSteps: 4, minLearningRate: 1 });

  it('rises from exactly 0 to the peak over the warm-up', () => {
    expect([0, 1, 2, 3, 4].map(schedule)).toEqual([0, 0.5, 1, 1.5, 2]);
  });

  it('falls along half a cosine to the minimum and stays there', () => {
    expect(schedule(9)).toBeCloseTo(1.5);
    expect(schedule(4 + 10 / 3)).toBeCloseTo(1.75);
    expect(schedule(14)).toBeCloseTo(1);
    expect(schedule(20)).toBeCloseTo(1);
  });
});

describe('createSchedule', () => {
  const range = { learningRate: 1, steps: 10 };

  it('keeps a constant rate after the warm-up', () => {
    const schedule = createSchedule({ name: 'constant', warmupSteps: 2, lead: null }, range);

    expect([0, 1, 2, 9].map(schedule)).toEqual([0, 0.5, 1, 1]);
  });

  it('falls by a power of what is left', () => {
    const config = ScheduleConfig.parse({ name: 'poly', warmupSteps: 0, power: 2 });

    expect(createSchedule(config, range)(5)).toBeCloseTo(0.25);
  });

  it.each([
    ['rise', [0, 0.25, 0.5, 0.75]],
    ['fall', [1, 0.75, 0.5, 0.25]],
  ])('begins anew, warm-up and all, after a lead that lets the rate %s', (shape, led) => {
    const lead = { steps: 4, shape };
    const whole = createSchedule(
      ScheduleConfig.parse({ name: 'poly', warmupSteps: 2, lead }),
      range,
    );
    const rest = createSchedule(ScheduleConfig.parse({ name: 'poly', warmupSteps: 2 }), {
      ...{ learningRate: 1, steps: 6 },
    });

    expect([0, 1, 2, 3].map(whole)).toEqual(led);
    expect([4, 5, 6, 9].map(whole)).toEqual([0, 1, 2, 5].map(rest));
  });

  it('takes a warm-up below 1 as a share of the steps, after a lead of those left', () => {
    const config = ScheduleConfig.parse({ name: 'constant', warmupSteps: 0.4 });
    const led = { ...config, lead: { steps: 5, shape: 'fall' } } as const;

    expect([0, 1, 3, 4].map(createSchedule(config, range))).toEqual([0, 0.25, 0.75, 1]);
    expect([5, 6, 7].map(createSchedule(led, range))).toEqual([0, 0.5, 1]);
  });

  it('gives a run without warm-up its full rate at once', () => {
    const config = ScheduleConfig.parse({ name: 'cosine', warmupSteps: 0 });

    expect(createSchedule(config, range)(0)).toBe(1);
  });

  it('warms up over a twentieth of the steps where nothing is said', () => {
    const schedule = createSchedule(ScheduleConfig.parse({ name: 'constant' }), {
      ...{ learningRate: 1, steps: 40 },
    });

    expect([0, 1, 2, 39].map(schedule)).toEqual([0, 0.5, 1, 1]);
  });
});

it('scales the base rate by the batch over 256', () => {
  expect(scaledLearningRate(1.5e-4, 512)).toBeCloseTo(3e-4);
});
