import { basename } from 'node:path';

import * as z from 'zod';

/** What stands in the place of a path in a package. */
export const NOT_PACKAGED = 'not-packaged';

const fields = z.looseObject({});

/** The fields of a run's config that may hold a place of the machine or the name of a case. */
const Placed = z.looseObject({
  plugins: z.array(z.string()).default([]),
  from: z.looseObject({ checkpoint: z.string() }).nullish(),
  data: z.looseObject({
    split: fields.optional(),
    cache: fields.nullish(),
    preprocessing: z.looseObject({ intensity: fields.optional() }).optional(),
  }),
});

/**
 * The config of a run as others may have it: what the model is and how it was trained, without places of this
 * machine and without ids of cases, which are names of files.
 *
 * @param config resolved, as a checkpoint holds it
 */
export function sharedConfig(config: unknown): Readonly<Record<string, unknown>> {
  const { plugins, from, data, ...others } = Placed.parse(config);
  const { split, cache, preprocessing, ...rest } = data;
  const intensity = preprocessing?.intensity;
  return {
    ...others,
    plugins: plugins.map((name) => basename(name)),
    ...(from !== undefined && { from: from && { ...from, checkpoint: NOT_PACKAGED } }),
    data: {
      ...rest,
      path: NOT_PACKAGED,
      layout: { kind: 'auto' },
      ...(split && { split: without(split, ['file', 'cases', 'group']) }),
      ...(cache !== undefined && { cache: cache && without(cache, ['dir']) }),
      ...(preprocessing && {
        preprocessing: {
          ...preprocessing,
          // The figures of a fingerprint stand beside the name of its file.
          ...(intensity && { intensity: without(intensity, ['file']) }),
        },
      }),
    },
  };
}

function without(
  record: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}
