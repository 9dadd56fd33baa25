import { parseConfig } from '@voxmim/core';
import { z } from 'zod';

import { applyOverrides } from './overrides.js';
import { readYaml } from './read-yaml.js';
import { resolveFinetune, resolvePretrain, type ResolveOptions } from './resolve-config.js';
import { studySchema } from './run-schema.js';
import { StudyConfig } from './study-config.js';

const Sections = z.looseObject({
  pretrain: z.looseObject({}),
  finetune: z.looseObject({}).default({}),
});

/** The fields that the pretraining of a study lends to its fine-tunings. */
const SHARED = [
  ...['data', 'crop', 'inChannels', 'encoder'],
  ...['backend', 'device', 'threads', 'plugins'],
] as const;

/**
 * Checks a study config whole. `finetune` may leave out what `pretrain` has: data, crop, channels,
 * encoder, backend with device and threads, and plugins.
 *
 * @throws as `resolvePretrain`; messages name the section
 */
export async function resolveStudy(input: unknown, options: ResolveOptions): Promise<StudyConfig> {
  const { origin = 'config', set = [], registries } = options;
  const raw = parseConfig(Sections, applyOverrides(input, set, studySchema(registries)), origin);
  const lent = Object.fromEntries(
    SHARED.flatMap((key) => (key in raw.pretrain ? [[key, raw.pretrain[key]]] : [])),
  );
  const pretrain = await resolvePretrain(raw.pretrain, {
    registries,
    origin: `${origin}: pretrain`,
  });
  const finetune = await resolveFinetune(
    { ...lent, ...raw.finetune },
    { registries, origin: `${origin}: finetune` },
  );
  return parseConfig(StudyConfig, { ...raw, pretrain, finetune }, origin);
}

/** Reads a YAML file and checks it as {@link resolveStudy} does. */
export async function readStudyConfig(path: string, options: ResolveOptions): Promise<StudyConfig> {
  return resolveStudy(await readYaml(path), { origin: path, ...options });
}
