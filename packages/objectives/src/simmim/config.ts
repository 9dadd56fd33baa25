import { z } from 'zod';

import { targetFields } from '../target.js';

/** Config of a `SimmimObjective`. */
export const SimmimConfig = z.strictObject({
  tokenStd: z
    .number()
    .positive()
    .default(0.02)
    .describe('Spread of the initial mask token; MIM-Med3D: 1.'),
  ...targetFields,
});
export type SimmimConfig = z.infer<typeof SimmimConfig>;
