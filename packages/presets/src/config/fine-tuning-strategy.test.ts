import { createRegistries } from '../registries.js';
import { resolveFinetune } from '@voxmim/runs';

const input = { data: { path: 'x' }, steps: 100, head: { name: 'light' } };
const resolve = (more: object, ...set: string[]) =>
  resolveFinetune({ ...input, ...more }, { registries: createRegistries(), set });

it.each([
  ['full', false, 0, null],
  ['warmUp', false, 10, null],
  ['sawtooth', 10, 10, { steps: 10, shape: 'rise' }],
  ['valley', 10, 10, { steps: 10, shape: 'fall' }],
  ['frozen', true, 10, null],
])('%s freezes the encoder (%j), warms up %d steps and leads with %j', async (...expected) => {
  const [strategy, encoder, warmupSteps, lead] = expected;
  const config = await resolve({ strategy });
  expect(config.freeze.encoder).toBe(encoder);
  expect(config.schedule).toMatchObject({ name: 'cosine', warmupSteps, lead });
  expect(await resolve(config)).toEqual(config);
});

it('gives way to what is said, field by field, and is nothing by default', async () => {
  const schedule = { name: 'poly', warmupSteps: 3 };
  const config = await resolve({ strategy: 'sawtooth', schedule }, 'freeze.encoder=20');
  expect(config.freeze.encoder).toBe(20);
  expect(config.schedule).toMatchObject({ ...schedule, power: 0.9, lead: { steps: 10 } });
  expect(await resolve({})).toMatchObject({
    ...{ strategy: null, freeze: { encoder: false }, schedule: { warmupSteps: 0, lead: null } },
  });
});

it('is refused where a lead and a warm-up are longer than the run', async () => {
  const schedule = { name: 'cosine', warmupSteps: 60, lead: { steps: 50, shape: 'rise' } };
  await expect(resolve({ schedule })).rejects.toThrow(
    'schedule.warmupSteps and schedule.lead.steps: 110 is more than the 100 of "steps"',
  );
});

it('remembers squared gradients longer than a pretraining does', async () => {
  expect((await resolve({})).optimizer.beta2).toBe(0.999);
  expect((await resolve({ optimizer: { beta2: 0.95 } })).optimizer.beta2).toBe(0.95);
});
