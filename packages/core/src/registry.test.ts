import * as z from 'zod';

import { isVoxmimError } from './errors.js';
import { nearestName } from './nearest-name.js';
import { Registry } from './registry.js';
import { parseConfig } from './schema.js';

const definition = {
  name: 'vit',
  config: z.strictObject({
    depth: z.int().default(12),
    stem: z.strictObject({ size: z.int() }).optional(),
  }),
  create: ({ depth }: { depth: number }, scale: number) => depth * scale,
  presets: { large: { depth: 24 }, deep: { depth: 48, stem: { size: 2 } } },
};
const registry = () => new Registry<number, number>('encoder').register(definition);

function failure(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('Registry', () => {
  it('builds a component from defaults, config and context', () => {
    expect(registry().create({ name: 'vit' }, 2)).toBe(24);
    expect(registry().create({ name: 'vit', depth: 3 }, 2)).toBe(6);
  });

  it('tells how many views a component compares: one where it is not said', () => {
    const pair = registry().register({ ...definition, name: 'pair', views: 2 });
    expect(['vit', 'pair'].map((name) => pair.views(name))).toEqual([1, 2]);
  });

  it('fills in the defaults of a named config', () => {
    expect(registry().parse({ name: 'vit' })).toEqual({ name: 'vit', depth: 12 });
  });

  it('puts a preset below the fields given beside it, and says all in their place', () => {
    expect(registry().presets('vit')).toEqual(['large', 'deep']);
    expect(registry().create({ name: 'vit', preset: 'large' }, 2)).toBe(48);
    expect(registry().parse({ name: 'vit', preset: 'deep', depth: 3 })).toEqual({
      ...{ name: 'vit', depth: 3 },
      stem: { size: 2 },
    });
  });

  it('guesses what was meant when a preset is unknown', () => {
    expect(() => registry().parse({ name: 'vit', preset: 'larg' })).toThrow(
      'encoder "vit": preset: there is no "larg"; did you mean "large"?',
    );
    expect(() => registry().parse({ name: 'vit', preset: 'toString' })).toThrow('no "toString"');
  });

  it('knows no presets where a component has none', () => {
    const { presets: _, ...plain } = definition;
    const bare = new Registry<number, number>('encoder').register(plain);
    expect(() => bare.parse({ name: 'vit', preset: 'large' })).toThrow('unknown key "preset"');
  });

  it('lists what it knows and guesses what was meant when a name is unknown', () => {
    const error = failure(() => registry().create({ name: 'vti' }, 1));
    expect(isVoxmimError(error, 'UNKNOWN_COMPONENT') && error.details.known).toEqual(['vit']);
    expect(String(error)).toContain('did you mean "vit"?');
  });

  it('refuses a second component of the same name', () => {
    expect(() => registry().register(definition)).toThrow('already registered');
  });
});

describe('parseConfig', () => {
  it('names an unknown key with its path and suggests the nearest', () => {
    const error = failure(() => registry().create({ name: 'vit', detph: 6 }, 1));
    expect(isVoxmimError(error, 'INVALID_CONFIG')).toBe(true);
    expect(String(error)).toContain('unknown key "detph", did you mean "depth"?');
  });

  it('suggests keys of nested objects, behind defaults too', () => {
    const schema = z.strictObject({
      optimizer: z.strictObject({ learningRate: z.number() }).prefault({ learningRate: 1 }),
    });
    expect(() => parseConfig(schema, { optimizer: { learningrate: 1 } }, 'run.yaml')).toThrow(
      'run.yaml: optimizer.learningRate: Invalid input: expected number, received undefined; ' +
        'unknown key "optimizer.learningrate", did you mean "learningRate"?',
    );
  });
});

describe('nearestName', () => {
  it('is silent when nothing is near', () => {
    expect(nearestName('swin', ['vit', 'van'])).toBeUndefined();
    expect(nearestName('vti', ['van', 'vit'])).toBe('vit');
    expect(nearestName('decoderEmbdDim', ['decoderEmbedDim', 'decoderDepth'])).toBe(
      'decoderEmbedDim',
    );
  });
});
