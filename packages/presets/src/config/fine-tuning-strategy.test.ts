import { createRegistries } from '../registries.js';
import { checkedFinetune } from './checked-config.js';

const input = { data: { path: 'x' }, steps: 100, head: { name: 'light' } };
const resolve = (more: object) => checkedFinetune({ ...input, ...more }, createRegistries());

it.each([
  ['full', false, 0, null],
  ['warmUp', false, 10, null],
  ['sawtooth', 10, 10, { steps: 10, shape: 'rise' }],
  ['valley', 10, 10, { steps: 10, shape: 'fall' }],
  ['frozen', true, 10, null],
])('%s freezes the encoder (%j), warms up %d steps and leads with %j', (...expected) => {
  const [strategy, encoder, warmupSteps, lead] = expected;
  const config = resolve({ strategy });
  expect(config.freeze.encoder).toBe(encoder);
  expect(config.schedule).toMatchObject({ name: 'cosine', warmupSteps, lead });
  expect(resolve(config)).toEqual(config);
});

it('gives way to what is said, field by field, and is nothing by default', () => {
  const schedule = { name: 'poly', warmupSteps: 3 };
  const config = resolve({ strategy: 'sawtooth', schedule, freeze: { encoder: 20 } });
  expect(config.freeze.encoder).toBe(20);
  expect(config.schedule).toMatchObject({ ...schedule, power: 0.9, lead: { steps: 10 } });
  expect(resolve({})).toMatchObject({
    ...{ strategy: null, freeze: { encoder: false }, schedule: { warmupSteps: 0.05, lead: null } },
  });
});

it('is refused where a lead and a warm-up are longer than the run', () => {
  const schedule = { name: 'cosine', warmupSteps: 60, lead: { steps: 50, shape: 'rise' } };
  expect(() => resolve({ schedule })).toThrow(
    'schedule.warmupSteps and schedule.lead.steps: 110 is more than the 100 of "steps"',
  );
});

it('remembers squared gradients longer than a pretraining does', () => {
  expect(resolve({}).optimizer.beta2).toBe(0.999);
  expect(resolve({ optimizer: { beta2: 0.95 } }).optimizer.beta2).toBe(0.95);
});
