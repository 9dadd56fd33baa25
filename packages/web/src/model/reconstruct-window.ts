import { type Shape3, type Volume, VoxmimError, zipAxes } from '@voxmim/core';
import { tokenMaskFromFlags } from '@voxmim/masking';
import type { ReconstructorFacts } from '@voxmim/presets';
import { cropBox } from '@voxmim/volumes';

import type { ModelSession } from './model-session.js';

/** The middle of a volume that is at least as large. */
export function middleOf(image: Volume<Float32Array>, shape: Shape3): Volume<Float32Array> {
  const origin = zipAxes(image.shape, shape, (all, part) => Math.floor((all - part) / 2));
  return cropBox(image, { origin, shape });
}

/**
 * A window with its hidden tokens predicted.
 *
 * @param hidden one flag per token
 * @throws `SHAPE_MISMATCH` for another window than the model's, and flags that do not fit its tokens
 */
export async function reconstructWindow(
  session: ModelSession,
  window: Volume<Float32Array>,
  hidden: Uint8Array,
  { crop, inChannels, gridShape }: ReconstructorFacts,
): Promise<Volume<Float32Array>> {
  const expected = [...crop, inChannels];
  const received = [...window.shape, window.channels];
  if (expected.join() !== received.join()) throw otherWindow(expected, received);
  const mask = tokenMaskFromFlags([hidden], gridShape);
  const list = (values: Int32Array | Float32Array) => ({ values, shape: [values.length] });
  const [found] = await session.run(
    {
      visible: list(mask.visibleIds),
      hidden: list(mask.hiddenIds),
      places: list(Float32Array.from(mask.hidden)),
      volumes: { values: window.data, shape: [1, ...expected] },
    },
    ['reconstruction'],
  );
  if (!found) throw otherWindow(expected, []); // a session gives what it is asked for
  return { ...window, data: found.values };
}

function otherWindow(expected: readonly number[], received: readonly number[]) {
  return new VoxmimError(
    'SHAPE_MISMATCH',
    `A window of [${received.join(', ')}] does not fit a model for [${expected.join(', ')}].`,
    'Give what window() makes of a scan.',
    { expected: `[${expected.join(', ')}]`, received },
  );
}
