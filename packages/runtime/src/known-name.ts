import { nearestName, VoxmimError } from '@voxmim/core';

/** What {@link knownName} looks a name up in. */
export interface KnownNames<Name extends string> {
  /** What they are names of. */
  readonly kind: string;
  readonly known: readonly Name[];
  /** Where the name was given; leads the message. */
  readonly origin: string;
}

/** @throws `UNKNOWN_COMPONENT` that names the nearest known one */
export function knownName<Name extends string>(
  text: string,
  { kind, known, origin }: KnownNames<Name>,
): Name {
  const name = known.find((one) => one === text);
  if (name) return name;
  const guess = nearestName(text, known);
  throw new VoxmimError(
    'UNKNOWN_COMPONENT',
    `${origin}: there is no ${kind} "${text}".`,
    `${guess ? `Did you mean "${guess}"? ` : ''}Known are ${known.join(', ')}.`,
    { kind, name: text, known },
  );
}
