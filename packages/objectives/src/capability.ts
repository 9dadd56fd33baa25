import { VoxmimError } from '@voxmim/core';

/** What to throw when a config asks an encoder for what it cannot do. */
export function unsupported(component: string, capability: string, remedy: string): VoxmimError {
  return new VoxmimError(
    'UNSUPPORTED_CAPABILITY',
    `Encoder "${component}" has no ${capability}, which this objective needs.`,
    remedy,
    { component, capability },
  );
}
