import { StudyClock } from './study-clock.js';

const runs = [
  { id: 'long', kind: 'pretrain', steps: 100 },
  { id: 'a', kind: 'run', steps: 10 },
  { id: 'b', kind: 'run', steps: 10 },
];

it('times each kind of run on its own and shares what is left among places', () => {
  let now = 0;
  const clock = new StudyClock(runs, () => now);
  expect(clock.pace(1).secondsLeft).toBeNaN();

  clock.step('long', 0);
  now = 50_000;
  clock.step('long', 50);
  clock.step('a', 0);
  now = 100_000;
  clock.step('long', 100);
  clock.end('long');
  clock.step('a', 5);

  // 1 s a step of pretraining, 10 s a step of the others: 5 and 10 are left.
  expect(clock.pace(1)).toEqual({
    ...{ steps: 105, total: 120, runs: 1, totalRuns: 3, secondsLeft: 150 },
  });
  expect(clock.pace(2).secondsLeft).toBe(100);
});

it('counts what was complete before, and does not time it', () => {
  const clock = new StudyClock(runs, () => 0);
  clock.skip('long');

  expect(clock.pace(1)).toMatchObject({ steps: 100, runs: 1 });
  expect(clock.pace(1).secondsLeft).toBeNaN();
});
