import { createRandom } from './random.js';
import type { Task, TaskData, TaskDefinition, TaskParsing } from './task.js';
import { TaskRegistry } from './task-registry.js';

const base = {
  ...{ task: 'acme/count', seed: 1, crop: [2, 2, 2] as const, inChannels: 1 },
  ...{ encoder: { name: 'vit' }, steps: 1, batchSize: 1, optimizer: { accumulate: 1 } },
};
type CountConfig = typeof base & { readonly names: readonly string[] };

const created: CountConfig[] = [];
const definition: TaskDefinition<CountConfig> = {
  name: 'acme/count',
  title: 'Counting',
  schema: () => {
    throw new Error('not asked for');
  },
  parse: (raw) => ({ ...base, names: Array.isArray(raw) ? raw.map(String) : [] }),
  settle: (config) =>
    Promise.resolve({ config: { ...config, names: [...config.names, 'found'] }, labeled: ['a'] }),
  create(config): Task {
    created.push(config);
    throw new Error('no model here');
  },
  isJudged: ({ names }) => names.length > 1,
  report: () => ({ conclusion: '', warnings: [], highlights: [] }),
};

const parsing: TaskParsing = { origin: 'run.yaml' } as TaskParsing;
const data = {} as TaskData;
const context = {
  registries: {} as never,
  random: () => createRandom(1),
  createEncoder: () => {
    throw new Error('none');
  },
};

it('keeps a task and its config together, whoever the config belongs to', async () => {
  const task = new TaskRegistry().register(definition).get('acme/count');
  const begun = task.configure(['given'], parsing);
  const { task: settled, labeled } = await begun.settle(data, {});

  expect(begun.fields).toMatchObject({ names: ['given'], seed: 1 });
  expect([begun.isJudged, settled.isJudged]).toEqual([false, true]);
  expect(settled.config).toMatchObject({ names: ['given', 'found'] });
  expect(settled.definition).toBe(task);
  expect(labeled).toEqual(['a']);
  expect(() => settled.create(context)).toThrow('no model here');
  expect(created).toEqual([settled.config]);
});

it('reads images only, padded to the crop, and uses the best checkpoint, where a task does not say', async () => {
  const task = new TaskRegistry().register(definition).get('acme/count');
  const source = { dataset: { name: '', root: '', classes: [], cases: [] }, readTable: jest.fn() };

  expect(await task.configure([], parsing).read(source)).toEqual({
    classes: [],
    leastShape: [2, 2, 2],
  });
  expect(task.checkpoint).toBe('best');
});

it('refuses a name that is taken, and suggests the nearest of those there are', () => {
  const tasks = new TaskRegistry().register(definition);

  expect(() => tasks.register(definition)).toThrow('already registered');
  expect(() => tasks.get('acme/counts')).toThrow('did you mean "acme/count"?');
  expect(tasks.names()).toEqual(['acme/count']);
});
